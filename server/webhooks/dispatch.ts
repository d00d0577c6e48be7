import { setImmediate as nextRound } from "node:timers/promises";
import type { Logger } from "pino";
import type { Settings } from "../settings/settings.ts";
import { createRetention } from "../storage/retention.ts";
import type { DeliveryStore } from "./delivery-store.ts";
import type { Endpoints } from "./endpoints.ts";
import type { Outgoing } from "./outgoing.ts";
import type { Queue } from "./queue.ts";

type UsedSettings = Pick<Settings, "webhooks" | "network" | "events">;

/** Delivering, from start to stop, and what stands still to be delivered. */
export interface Dispatch {
  start(): void;
  /** Takes over new settings. Open deliveries of a webhook that is gone are dropped. */
  use(next: UsedSettings): Promise<void>;
  /** How many deliveries are open, and how long ago the oldest was made. */
  queue(): { depth: number; oldestAgeMs: number };
  /** Begins no attempt any more; resolves once those under way have ended, or after a while. */
  stop(timeoutMs: number): Promise<void>;
  close(): Promise<void>;
}

export interface DispatchOptions {
  deliveries: DeliveryStore;
  endpoints: Endpoints;
  queue: Queue;
  outgoing: Outgoing;
  settings: UsedSettings;
  log: Logger;
  now: () => number;
}

const mostAtOnce = 500;

export function createDispatch({ deliveries, endpoints, queue, outgoing, settings, log, now }: DispatchOptions): Dispatch {
  endpoints.use(settings.webhooks.endpoints);
  const deletionOf = (...statuses: Parameters<DeliveryStore["deleteOld"]>[0]) => ({ deleteBefore: (at: number, most: number) => deliveries.deleteOld(statuses, at, most) });
  const done = createRetention({ store: deletionOf("delivered"), what: "deliveries", log, now, days: settings.events.retentionDays });
  // Open ones as well: those of a webhook that stays disabled would be kept for ever, and their events with them.
  const dead = createRetention({ store: deletionOf("dead", "pending"), what: "dead letters", log, now, days: settings.webhooks.deadLetterRetentionDays });

  async function drop(webhookIds: readonly string[]): Promise<void> {
    for (const id of webhookIds) while ((await deliveries.deleteOf(id, mostAtOnce)) === mostAtOnce) await nextRound();
  }

  /** The settings may have been changed while no gateway was running. */
  async function dropForgotten(): Promise<void> {
    try {
      const open = await deliveries.webhooksWithOpen();
      await drop(open.filter((id) => !endpoints.find(id)));
    } catch (err) {
      log.error({ err }, "deliveries of webhooks that are gone could not be deleted; the next start tries again");
    }
  }

  let dropping = Promise.resolve();
  return {
    start() {
      dropping = dropForgotten();
      queue.start();
    },
    async use(next) {
      outgoing.use(next.network.allowPrivate);
      done.use(next.events.retentionDays);
      dead.use(next.webhooks.deadLetterRetentionDays);
      const gone = endpoints.use(next.webhooks.endpoints);
      queue.look();
      await drop(gone);
    },
    queue() {
      const { depth, oldestAt } = deliveries.open();
      return { depth, oldestAgeMs: oldestAt === null ? 0 : Math.max(0, now() - oldestAt) };
    },
    stop: (timeoutMs) => queue.stop(timeoutMs),
    async close() {
      await queue.close();
      await Promise.all([done.close(), dead.close(), dropping]);
      await outgoing.close();
    },
  };
}
