import { useEffect, useState } from "preact/hooks";
import { useAccount } from "../account.ts";
import { dataOf } from "../gateway.ts";
import { ListFoot } from "../parts/list-foot.tsx";
import { SelectField } from "../parts/select-field.tsx";
import { useList } from "../parts/use-list.ts";
import { DeliveryCard } from "./delivery-card.tsx";
import { ReplayRange } from "./replay-range.tsx";
import { statusTitles, type Delivery } from "./webhook.ts";

const wanted = { "": "All", ...statusTitles };
const pendingEveryMs = 5000;

/** What was and is delivered to a webhook. While something is pending it is looked at again. */
export function Deliveries({ webhookId }: { webhookId: string }) {
  const { gateway, may } = useAccount();
  const [status, setStatus] = useState<Delivery["status"] | "">("");
  const [isReplaying, setIsReplaying] = useState(false);
  const list = useList(
    async (cursor) => {
      const query = { limit: 20, ...(status === "" ? {} : { status }), ...(cursor === undefined ? {} : { cursor }) };
      const { deliveries, nextCursor } = await dataOf(gateway.api.GET("/api/v1/webhooks/{webhookId}/deliveries", { params: { path: { webhookId }, query }, ...gateway.via }));
      return { items: deliveries, nextCursor };
    },
    [gateway, webhookId, status],
  );
  // Not for whoever has gone on to older pages: they would be gone.
  const isPending = list.items.length <= 20 && list.items.some((delivery) => delivery.status === "pending");
  useEffect(() => {
    if (!isPending) return;
    const timer = setInterval(() => document.hidden || list.reload(), pendingEveryMs);
    return () => clearInterval(timer);
  }, [isPending, list.reload]);

  return (
    <section class="form" aria-label="Deliveries">
      <h2>Deliveries</h2>
      <div class="filters">
        <SelectField label="Which" options={wanted} value={status} onValue={(value) => setStatus(value)} />
        <button type="button" onClick={list.reload}>
          Refresh
        </button>
        {may("webhooks:write") && (
          <button type="button" onClick={() => setIsReplaying(true)}>
            Send many again
          </button>
        )}
      </div>
      <ul class="cards" aria-label="Deliveries">
        {list.items.map((delivery) => (
          <DeliveryCard key={delivery.id} value={delivery} onReplayed={list.reload} />
        ))}
      </ul>
      {list.items.length === 0 && !list.isLoading && list.error === undefined && <p class="empty">There is none.</p>}
      <ListFoot list={list} />
      {isReplaying && <ReplayRange webhookId={webhookId} onClose={() => setIsReplaying(false)} onReplayed={list.reload} />}
    </section>
  );
}
