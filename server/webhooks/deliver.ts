import type { Logger } from "pino";
import type { GuardedAgent } from "../network/guarded-agent.ts";
import type { Settlement } from "./delivery-store.ts";
import { waitMs } from "./retry.ts";
import { type Outcome, send } from "./send.ts";
import { signedRequest } from "./signed-request.ts";
import type { Attempt, Delivery, Webhook } from "./webhook.ts";

/** One attempt at a delivery: what is to be written down of it. `event` is the event as JSON; null when it is kept no more. Rejects only when the signal has it given up. */
export type Deliver = (delivery: Delivery, webhook: Webhook, event: string | null, signal: AbortSignal) => Promise<Settlement>;

export interface DeliverOptions {
  /** The one of the settings as they are. */
  agent: () => GuardedAgent;
  eventIdOf: (cursor: number) => string;
  disable: (webhookId: string, reason: string) => Promise<void>;
  version: string;
  now: () => number;
  log: Logger;
}

/** Replays add to the attempts of a delivery; what is older is forgotten. */
const mostAttemptsKept = 50;

const gone = "Its endpoint has answered 410: it is gone for good.";

export function createDeliver({ agent, eventIdOf, disable, version, now, log }: DeliverOptions): Deliver {
  /** Webhooks with dead letters since their last success: the log tells of the first one only. */
  const failing = new Set<string>();

  function report({ id: webhookId }: Webhook, deliveryId: string, status: Settlement["status"], error: string | null): void {
    if (status === "delivered") failing.delete(webhookId);
    if (status !== "dead" || failing.has(webhookId)) return;
    failing.add(webhookId);
    log.warn({ webhookId, deliveryId, error }, "a webhook's delivery has failed for good: it is a dead letter, and so are those that fail after it");
  }

  function settlementOf(delivery: Delivery, webhook: Webhook, attempt: Attempt, event: string | null, retryAfterMs: number | null): Settlement {
    const attempts = [...delivery.attempts, attempt].slice(-mostAttemptsKept);
    if (attempt.error === null) return { status: "delivered", dueAt: null, failures: 0, attempts, body: null };
    const failures = delivery.failures + 1;
    const isDead = event === null || attempt.status === 410 || failures >= webhook.maxAttempts;
    if (isDead) return { status: "dead", dueAt: null, failures, attempts, body: event };
    return { status: "pending", dueAt: now() + waitMs({ failures, backoffMs: webhook.backoffMs, retryAfterMs }), failures, attempts, body: event };
  }

  return async (delivery, webhook, event, signal) => {
    const { id: deliveryId, eventCursor, eventType } = delivery;
    const at = now();
    const startedAt = performance.now();
    let outcome: Outcome = { status: null, error: "Its event is kept no more.", retryAfterMs: null };
    if (event !== null) {
      const signed = signedRequest({ webhook, deliveryId, eventId: eventIdOf(eventCursor), eventType, event, at, version });
      outcome = await send({ agent: agent(), url: webhook.url, signed, timeoutMs: webhook.timeoutMs, signal });
    }
    const { status, error } = outcome;
    const settlement = settlementOf(delivery, webhook, { at, status, error, durationMs: Math.round(performance.now() - startedAt) }, event, outcome.retryAfterMs);
    report(webhook, deliveryId, settlement.status, error);
    if (status === 410) {
      log.warn({ webhookId: webhook.id }, "a webhook is disabled: its endpoint has answered 410");
      await disable(webhook.id, gone);
    }
    return settlement;
  };
}
