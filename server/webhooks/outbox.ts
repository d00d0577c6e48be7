import type { EventCompanion } from "../events/writer.ts";
import { newId } from "../ids.ts";
import type { DeliveryStore } from "./delivery-store.ts";
import type { Endpoints } from "./endpoints.ts";
import { isFor } from "./webhook.ts";

export interface OutboxOptions {
  endpoints: Pick<Endpoints, "wanting" | "find">;
  deliveries: Pick<DeliveryStore, "insertion">;
  now: () => number;
  /** Told of each delivery that is being written. The transaction may still be taken back. */
  onWritten: (webhookId: string) => void;
}

/** Writes a delivery for each webhook that wants an event, or that it is for, in the event's own transaction: either both are there or none. */
export function createOutbox({ endpoints, deliveries, now, onWritten }: OutboxOptions): EventCompanion {
  return ({ type, workspaceId, deliverTo = null }) => {
    const wanting = endpoints.wanting(type);
    const addressee = deliverTo === null ? undefined : endpoints.find(deliverTo);
    const getting = addressee?.enabled && !wanting.includes(addressee) ? [...wanting, addressee] : wanting;
    const owners = getting.filter((webhook) => isFor(webhook, workspaceId));
    if (owners.length === 0) return null;
    return (eventCursor) => {
      // Once the event is written nobody else writes before the commit: across gateways, too, times are in the order of the events.
      const createdAt = now();
      return owners.map(({ id: webhookId }) => {
        onWritten(webhookId);
        return deliveries.insertion({ id: newId("dlv"), webhookId, eventCursor, eventType: type, workspaceId, createdAt });
      });
    };
  };
}
