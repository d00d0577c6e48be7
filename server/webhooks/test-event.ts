import { newId } from "../ids.ts";
import type { GuardedAgent } from "../network/guarded-agent.ts";
import { send } from "./send.ts";
import { signedRequest } from "./signed-request.ts";
import type { Webhook } from "./webhook.ts";

/** What came of a test. */
export interface TestResult {
  delivered: boolean;
  status: number | null;
  durationMs: number;
  error: string | null;
}

/** Sends an event `webhook.test` to a webhook, once. It has the form of all events, and is in no log. */
export type Tester = (webhook: Webhook) => Promise<TestResult>;

export function createTester({ agent, version, now }: { agent: () => GuardedAgent; version: string; now: () => number }): Tester {
  return async (webhook) => {
    const at = now();
    const startedAt = performance.now();
    const eventId = newId("evt");
    const eventType = "webhook.test";
    const event = JSON.stringify({ id: eventId, event: eventType, timestamp: new Date(at).toISOString(), data: { webhookId: webhook.id, workspace: webhook.workspaceId } });
    const signed = signedRequest({ webhook, deliveryId: newId("dlv"), eventId, eventType, event, at, version });
    const { status, error } = await send({ agent: agent(), url: webhook.url, signed, timeoutMs: webhook.timeoutMs, signal: new AbortController().signal });
    return { delivered: error === null, status, durationMs: Math.round(performance.now() - startedAt), error };
  };
}
