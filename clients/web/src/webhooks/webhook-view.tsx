import { useState } from "preact/hooks";
import { useAccount } from "../account.ts";
import { dataOf } from "../gateway.ts";
import { counted } from "../parts/amounts.ts";
import { BackLink } from "../parts/back-link.tsx";
import { Confirm } from "../parts/confirm.tsx";
import { Notice } from "../parts/notice.tsx";
import { useLoaded } from "../parts/use-loaded.ts";
import { When } from "../parts/when.tsx";
import { go } from "../router.ts";
import { Deliveries } from "./deliveries.tsx";
import { RotateSecret } from "./rotate-secret.tsx";
import { TestWebhook } from "./test-webhook.tsx";
import { WebhookForm } from "./webhook-form.tsx";

/** One webhook: to change and to test, with what was delivered to it. */
export function WebhookView({ webhookId }: { webhookId: string }) {
  const { gateway, may } = useAccount();
  const { api, via } = gateway;
  const [doing, setDoing] = useState<"edit" | "rotate" | "delete">();
  const params = { path: { webhookId } };
  const webhook = useLoaded(() => dataOf(api.GET("/api/v1/webhooks/{webhookId}", { params, ...via })), [gateway, webhookId]);
  const { data } = webhook;
  const close = () => setDoing(undefined);
  const closeAndReload = () => {
    close();
    webhook.reload();
  };

  return (
    <section class="page">
      <BackLink place={{ page: "webhooks" }} title="All webhooks" />
      <div class="page-head">
        <div class="row">
          <h1 class="webhook-url">{data?.url ?? "Webhook"}</h1>
          {data && !data.enabled && <span class="badge bad">off</span>}
        </div>
        {data?.source === "stored" && may("webhooks:write") && (
          <div class="row">
            <button type="button" onClick={() => setDoing("edit")}>
              Change
            </button>
            <button type="button" onClick={() => setDoing("rotate")}>
              Rotate secret
            </button>
            <button type="button" class="danger" onClick={() => setDoing("delete")}>
              Delete
            </button>
          </div>
        )}
      </div>
      {webhook.error !== undefined && <Notice error={webhook.error} onRetry={webhook.reload} />}
      {!data && webhook.isLoading && <p class="muted">Loading…</p>}
      {data && (
        <>
          {data.description && <p>{data.description}</p>}
          {data.disabledReason && <Notice error={data.disabledReason} />}
          <p class="facts">
            <span>{data.events.includes("*") ? "all events" : data.events.join(", ")}</span>
            <span>{data.workspace ?? "all workspaces"}</span>
            <span>{counted(data.maxAttempts, "attempt")} at most</span>
            <span>time-out {data.timeoutMs} ms</span>
            <span>{data.concurrency === 1 ? "one at a time, in order" : `${data.concurrency} at once`}</span>
            {data.source === "settings" && <span>from the settings: change it there</span>}
            {data.previousSecretUntil && (
              <span>
                the old secret ends <When at={data.previousSecretUntil} />
              </span>
            )}
          </p>
          {may("webhooks:write") && <TestWebhook webhookId={webhookId} />}
          <Deliveries webhookId={webhookId} />
        </>
      )}
      {doing === "edit" && data && <WebhookForm webhook={data} onClose={close} onChanged={closeAndReload} />}
      {doing === "rotate" && data && <RotateSecret webhook={data} onClose={closeAndReload} />}
      {doing === "delete" && (
        <Confirm
          title="Delete this webhook?"
          verb="Delete webhook"
          onClose={close}
          action={async () => {
            await dataOf(api.DELETE("/api/v1/webhooks/{webhookId}", { params, ...via }));
            go({ page: "webhooks" }, { replace: true });
          }}
        >
          <p>It is called no more. Its deliveries go with it, those too that are still open.</p>
        </Confirm>
      )}
    </section>
  );
}
