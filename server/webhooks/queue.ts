import type { Logger } from "pino";
import type { LoggedEvent } from "../events/event.ts";
import type { Deliver } from "./deliver.ts";
import type { DeliveryStore } from "./delivery-store.ts";
import type { Endpoints } from "./endpoints.ts";
import type { Delivery, Webhook } from "./webhook.ts";

/**
 * Hands deliveries over. What is open stands in the database; whoever takes one leases it for as long as an attempt may take,
 * so another gateway on the same database leaves it alone, and a crash gives it back by itself. In memory is only when each
 * webhook has the next one due: one timer waits for the earliest.
 *
 * What is due first is taken first: first attempts begin in the order of the events, and with a concurrency of 1 each has ended when the
 * next begins. A retry may come behind later events.
 */
export interface Queue {
  /** Something is due for a webhook, once the transaction that is being played is committed: in the next round of the event loop. */
  expect(webhookId: string): void;
  /** Asks the database anew when each webhook has something due, and takes what is. */
  look(): void;
  start(): void;
  /** Takes nothing any more; resolves once what is under way has ended, or after a while. */
  stop(timeoutMs: number): Promise<void>;
  /** Gives up what is under way, and gives it back: the next start goes on with it at once. */
  close(): Promise<void>;
}

export interface QueueOptions {
  deliveries: Pick<DeliveryStore, "claim" | "settle" | "nextDueAt">;
  endpoints: Pick<Endpoints, "all" | "find" | "load">;
  eventsOf: (cursors: readonly number[]) => Promise<readonly LoggedEvent[]>;
  /** An event as JSON. */
  render: (event: LoggedEvent) => string;
  deliver: Deliver;
  now: () => number;
  log: Logger;
}

/** Each webhook may have one under way, so that none that hangs holds up the others; more only while fewer than these are in all. */
const mostInAll = 64;
/** A lease is that much longer than an attempt may take. */
const leaseSlackMs = 5_000;
const afterFailureMs = 1_000;
/** How long what another gateway on the same database has changed, or left behind, may go unnoticed. */
const lookEveryMs = 10_000;

interface Lane {
  webhookId: string;
  dueAt: number;
  underWay: number;
}

export function createQueue({ deliveries, endpoints, eventsOf, render, deliver, now, log }: QueueOptions): Queue {
  let lanes = new Map<string, Lane>();
  const running = new Set<Promise<void>>();
  const given = new AbortController();
  let underWay = 0;
  let isStarted = false;
  /** What is being taken right now. */
  let taking: Promise<void> | undefined;
  let isAskedAgain = false;
  let timer: NodeJS.Timeout | undefined;
  let lookTimer: NodeJS.Timeout | undefined;

  const laneOf = (webhookId: string): Lane => lanes.get(webhookId) ?? { webhookId, dueAt: Infinity, underWay: 0 };

  const nextDueAt = ({ id, concurrency }: Webhook): number => deliveries.nextDueAt(id, concurrency) ?? Infinity;

  /** How many a webhook may take while there is room for so many. */
  function freeOf(lane: Lane, webhook: Webhook, room: number): number {
    const most = Math.min(webhook.concurrency - lane.underWay, room);
    return lane.underWay === 0 ? Math.max(1, most) : most;
  }

  function look(): void {
    lanes = new Map(endpoints.all().map((webhook) => [webhook.id, Object.assign(laneOf(webhook.id), { dueAt: nextDueAt(webhook) })]));
    wake();
  }

  function lookAgain(): void {
    try {
      endpoints.load();
      look();
    } catch (err) {
      log.error({ err }, "the webhooks could not be read; the next look tries again");
    }
  }

  function wake(): void {
    if (!isStarted) return;
    if (taking) isAskedAgain = true;
    else taking = take();
  }

  async function take(): Promise<void> {
    try {
      do {
        isAskedAgain = false;
        // What ends, or is written, in this round of the event loop is taken up together.
        await new Promise((resolve) => setImmediate(resolve));
        await takeDue();
      } while (isAskedAgain && isStarted);
      taking = undefined;
      if (isStarted) waitForNext();
    } catch (err) {
      log.error({ err }, "what is due for webhooks could not be read; it is tried again");
      taking = undefined;
      if (isStarted) waitFor(afterFailureMs);
    }
  }

  async function takeDue(): Promise<void> {
    const taken = await Promise.all(ready().map(claim));
    const claimed = taken.flat();
    const found = await eventsOf(claimed.filter(({ delivery }) => delivery.body === null).map(({ delivery }) => delivery.eventCursor));
    const bodies = new Map(found.map((event) => [event.cursor, event]));
    for (const { lane, webhook, delivery } of claimed) {
      const event = bodies.get(delivery.eventCursor);
      const attempt = hand(lane, webhook, delivery, delivery.body ?? (event ? render(event) : null)).finally(() => running.delete(attempt));
      running.add(attempt);
    }
  }

  /** Webhooks with something due and room for it. The ones that were served go to the back. */
  function ready(): { lane: Lane; webhook: Webhook; most: number }[] {
    const time = now();
    const found: { lane: Lane; webhook: Webhook; most: number }[] = [];
    if (!isStarted) return found;
    let room = mostInAll - underWay;
    for (const lane of lanes.values()) {
      const webhook = lane.dueAt <= time && endpoints.find(lane.webhookId);
      if (!webhook || !webhook.enabled) continue;
      const most = freeOf(lane, webhook, room);
      if (most <= 0) continue;
      room -= most;
      found.push({ lane, webhook, most });
    }
    for (const { lane } of found) {
      lanes.delete(lane.webhookId);
      lanes.set(lane.webhookId, lane);
    }
    return found;
  }

  async function claim({ lane, webhook, most }: { lane: Lane; webhook: Webhook; most: number }) {
    const at = now();
    const claimed = await deliveries.claim(webhook.id, { at, until: at + webhook.timeoutMs + leaseSlackMs, most, concurrency: webhook.concurrency });
    if (claimed.length < most) lane.dueAt = nextDueAt(webhook);
    return claimed.map((delivery) => ({ lane, webhook, delivery }));
  }

  async function hand(lane: Lane, webhook: Webhook, delivery: Delivery, event: string | null): Promise<void> {
    lane.underWay++;
    underWay++;
    try {
      const settlement = await deliver(delivery, webhook, event, given.signal).catch((thrown: unknown) => {
        if (!given.signal.aborted) throw thrown;
        return delivery;
      });
      await deliveries.settle(delivery, settlement);
      lane.dueAt = nextDueAt(endpoints.find(webhook.id) ?? webhook);
    } catch (err) {
      log.error({ err, webhookId: webhook.id, deliveryId: delivery.id }, "what came of a delivery could not be written down; it is sent again");
    }
    lane.underWay--;
    underWay--;
    wake();
  }

  function waitFor(ms: number): void {
    clearTimeout(timer);
    timer = setTimeout(wake, Math.max(0, ms)).unref();
  }

  function waitForNext(): void {
    clearTimeout(timer);
    let next = Infinity;
    for (const lane of lanes.values()) {
      const webhook = lane.dueAt < next && endpoints.find(lane.webhookId);
      if (webhook && webhook.enabled && freeOf(lane, webhook, mostInAll - underWay) > 0) next = lane.dueAt;
    }
    // What is later is found by a look before.
    if (next - now() < lookEveryMs) waitFor(next - now());
  }

  async function ended(): Promise<void> {
    await taking;
    await Promise.all(running);
  }

  return {
    expect(webhookId) {
      const lane = laneOf(webhookId);
      lane.dueAt = Math.min(lane.dueAt, now());
      lanes.set(webhookId, lane);
      wake();
    },
    look,
    start() {
      isStarted = true;
      lookTimer = setInterval(lookAgain, lookEveryMs).unref();
      look();
    },
    async stop(timeoutMs) {
      isStarted = false;
      clearInterval(lookTimer);
      clearTimeout(timer);
      let patience: NodeJS.Timeout | undefined;
      const enough = new Promise((resolve) => (patience = setTimeout(resolve, timeoutMs)));
      await Promise.race([ended(), enough]);
      clearTimeout(patience);
    },
    async close() {
      isStarted = false;
      given.abort();
      await ended();
    },
  };
}
