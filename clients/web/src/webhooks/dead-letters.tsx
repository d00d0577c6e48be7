import { useAccount } from "../account.ts";
import { dataOf } from "../gateway.ts";
import { ListFoot } from "../parts/list-foot.tsx";
import { useList } from "../parts/use-list.ts";
import { DeliveryCard } from "./delivery-card.tsx";
import { WebhookViews } from "./webhook-views.tsx";

/** What was given up, of all webhooks. */
export function DeadLetters() {
  const { gateway } = useAccount();
  const list = useList(async (cursor) => {
    const { deadLetters, nextCursor } = await dataOf(gateway.api.GET("/api/v1/webhooks/dead-letters", { params: { query: { limit: 20, ...(cursor === undefined ? {} : { cursor }) } }, ...gateway.via }));
    return { items: deadLetters, nextCursor };
  }, [gateway]);
  return (
    <section class="page">
      <h1>Webhooks</h1>
      <WebhookViews current="dead-letters" />
      <p class="muted">Deliveries whose last attempt has failed. What is sent again goes from here.</p>
      <ul class="cards" aria-label="Dead letters">
        {list.items.map((delivery) => (
          <DeliveryCard key={delivery.id} value={delivery} withWebhook onReplayed={list.reload} />
        ))}
      </ul>
      {list.items.length === 0 && !list.isLoading && list.error === undefined && <p class="empty">Nothing was given up.</p>}
      <ListFoot list={list} />
    </section>
  );
}
