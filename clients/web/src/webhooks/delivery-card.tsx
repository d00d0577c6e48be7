import { useAccount } from "../account.ts";
import { dataOf } from "../gateway.ts";
import { counted } from "../parts/amounts.ts";
import { Notice } from "../parts/notice.tsx";
import { useAction } from "../parts/use-action.ts";
import { When } from "../parts/when.tsx";
import { linkTo } from "../router.ts";
import { statusTitles, toneOf, type Delivery } from "./webhook.ts";

export interface DeliveryCardProps {
  value: Delivery;
  /** Whether to say whose it is. */
  withWebhook?: boolean;
  onReplayed: () => void;
}

/** One event on its way to a webhook, with each attempt. */
export function DeliveryCard({ value: delivery, withWebhook = false, onReplayed }: DeliveryCardProps) {
  const { gateway, may } = useAccount();
  const { isRunning, error, run } = useAction();
  const { id, event, eventId, status, workspace, attempts, nextAttemptAt, createdAt, webhookId } = delivery;
  const titleId = `delivery-${id}`;
  const replay = async () => {
    const done = await run(() => dataOf(gateway.api.POST("/api/v1/webhooks/deliveries/{deliveryId}/replay", { params: { path: { deliveryId: id } }, ...gateway.via })));
    if (done) onReplayed();
  };
  return (
    <li class="card" aria-labelledby={titleId}>
      <div class="page-head">
        <p class="row">
          <strong id={titleId} class="mono">
            {event}
          </strong>
          <span class={`badge ${toneOf(status)}`}>{statusTitles[status]}</span>
          <When at={createdAt} />
        </p>
        {may("webhooks:write") && status !== "pending" && (
          <button type="button" disabled={isRunning} onClick={() => void replay()} aria-describedby={titleId}>
            Send again
          </button>
        )}
      </div>
      <p class="facts">
        <span class="mono">{eventId}</span>
        <span>{workspace}</span>
        {withWebhook && <a {...linkTo({ page: "webhooks", object: webhookId })}>Its webhook</a>}
        {nextAttemptAt && (
          <span>
            next attempt <When at={nextAttemptAt} />
          </span>
        )}
      </p>
      {attempts.length > 0 && (
        <details open={status === "dead" && attempts.length < 3}>
          <summary>{counted(attempts.length, "attempt")}</summary>
          <ol class="attempts">
            {attempts.map((attempt) => (
              <li key={attempt.at}>
                <When at={attempt.at} />
                {attempt.status !== null && <span class="mono">{attempt.status}</span>}
                <span class="hint">{attempt.durationMs} ms</span>
                {attempt.error && <span class="attempt-error">{attempt.error}</span>}
              </li>
            ))}
          </ol>
        </details>
      )}
      {error !== undefined && <Notice error={error} />}
    </li>
  );
}
