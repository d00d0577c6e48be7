import { useState } from "preact/hooks";
import type { Schemas } from "../../../typescript/sdk/src/index.ts";
import { useAccount } from "../account.ts";
import { dataOf } from "../gateway.ts";
import { Icon } from "../parts/icon.tsx";
import { ListFoot } from "../parts/list-foot.tsx";
import { ShownSecret } from "../parts/shown-secret.tsx";
import { useList } from "../parts/use-list.ts";
import { When } from "../parts/when.tsx";
import { go, linkTo } from "../router.ts";
import { WebhookForm } from "./webhook-form.tsx";
import { WebhookViews } from "./webhook-views.tsx";
import { secretAdvice, statusTitles, toneOf, type Webhook } from "./webhook.ts";

export function WebhookList() {
  const { gateway, may } = useAccount();
  const [isMaking, setIsMaking] = useState(false);
  const [made, setMade] = useState<Schemas["WebhookWithSecret"]>();
  const list = useList(async (cursor) => {
    const { webhooks, nextCursor } = await dataOf(gateway.api.GET("/api/v1/webhooks", { params: { query: { limit: 50, ...(cursor === undefined ? {} : { cursor }) } }, ...gateway.via }));
    return { items: webhooks, nextCursor };
  }, [gateway]);

  return (
    <section class="page">
      <div class="page-head">
        <h1>Webhooks</h1>
        {may("webhooks:write") && (
          <button type="button" class="primary" onClick={() => setIsMaking(true)}>
            <Icon name="plus" />
            New webhook
          </button>
        )}
      </div>
      <WebhookViews current="webhooks" />
      <ul class="cards" aria-label="Webhooks">
        {list.items.map((webhook) => (
          <WebhookCard key={webhook.id} value={webhook} />
        ))}
      </ul>
      {list.items.length === 0 && !list.isLoading && list.error === undefined && <p class="empty">There is no webhook yet. A webhook calls a program of yours when something happens here.</p>}
      <ListFoot list={list} />
      {isMaking && (
        <WebhookForm
          onClose={() => setIsMaking(false)}
          onMade={(webhook) => {
            setIsMaking(false);
            setMade(webhook);
          }}
        />
      )}
      {made && <ShownSecret of={made.url} secret={made.secret} advice={secretAdvice} onClose={() => go({ page: "webhooks", object: made.id })} />}
    </section>
  );
}

function WebhookCard({ value: webhook }: { value: Webhook }) {
  const { id, url, events, enabled, disabledReason, workspace, source, lastDelivery } = webhook;
  const titleId = `webhook-${id}`;
  return (
    <li class="card pressable" aria-labelledby={titleId}>
      <div class="row">
        <h2 id={titleId}>
          <a {...linkTo({ page: "webhooks", object: id })}>{url}</a>
        </h2>
        {!enabled && <span class={`badge ${disabledReason ? "bad" : ""}`}>off</span>}
      </div>
      {webhook.description && <p>{webhook.description}</p>}
      {disabledReason && <p>{disabledReason}</p>}
      <p class="facts">
        <span>{events.includes("*") ? "all events" : events.join(", ")}</span>
        <span>{workspace ?? "all workspaces"}</span>
        {source === "settings" && <span>from the settings</span>}
        {lastDelivery ? (
          <span>
            last one <span class={`badge ${toneOf(lastDelivery.status)}`}>{statusTitles[lastDelivery.status]}</span> <When at={lastDelivery.createdAt} />
          </span>
        ) : (
          <span>nothing sent yet</span>
        )}
      </p>
      {lastDelivery && lastDelivery.status !== "delivered" && lastDelivery.lastAttempt?.error && <p>{lastDelivery.lastAttempt.error}</p>}
    </li>
  );
}
