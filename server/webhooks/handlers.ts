import type { WebhooksHandlers } from "../../generated/server/handlers.ts";
import type { EventIds } from "../events/event-ids.ts";
import { nextCursor } from "../http/encode.ts";
import type { RequestContext } from "../http/request-context.ts";
import { badRequest } from "../http/validate.ts";
import { parseMoment } from "../settings/moment.ts";
import { encodeDelivery, encodeWebhook } from "./encode.ts";
import type { ShownWebhook, Webhooks } from "./service.ts";

/** Webhooks over HTTP. */
export function createWebhooksHandlers({ webhooks, eventIds }: { webhooks: Webhooks; eventIds: EventIds }): WebhooksHandlers<RequestContext> {
  return {
    async listWebhooks({ query }, { principal }) {
      const { items, nextCursor: cursor } = await webhooks.list(principal, query);
      return { status: 200, body: { webhooks: items.map(encodeWebhook), ...nextCursor(cursor) } };
    },
    async createWebhook({ body }, { principal }) {
      const { url, events, workspace: workspaceId, secret, description, enabled, edition, maxAttempts, backoffMs, timeoutMs, concurrency } = body;
      const made = await webhooks.create(principal, { url, events, workspaceId, secret, description, enabled, edition, maxAttempts, backoffMs, timeoutMs, concurrency });
      return { status: 201, headers: { "Cache-Control": "no-store", Location: `/api/v1/webhooks/${made.webhook.id}` }, body: withSecret(made) };
    },
    async getWebhook({ path: { webhookId } }, { principal }) {
      return { status: 200, body: encodeWebhook(await webhooks.get(principal, webhookId)) };
    },
    async updateWebhook({ path: { webhookId }, body }, { principal }) {
      return { status: 200, body: encodeWebhook(await webhooks.update(principal, webhookId, body)) };
    },
    async deleteWebhook({ path: { webhookId } }, { principal }) {
      await webhooks.delete(principal, webhookId);
      return { status: 204 };
    },
    async rotateWebhookSecret({ path: { webhookId }, body: { secret, overlapSeconds = 86_400 } }, { principal }) {
      const rotated = await webhooks.rotateSecret(principal, webhookId, { secret, overlapMs: overlapSeconds * 1000 });
      return { status: 200, headers: { "Cache-Control": "no-store" }, body: withSecret(rotated) };
    },
    async testWebhook({ path: { webhookId } }, { principal }) {
      return { status: 200, body: await webhooks.test(principal, webhookId) };
    },
    async listDeliveries({ path: { webhookId }, query: { status, limit, cursor } }, { principal }) {
      const { items, nextCursor: next } = await webhooks.deliveries(principal, webhookId, { status, limit, cursor });
      return { status: 200, body: { deliveries: items.map((delivery) => encodeDelivery(delivery, eventIds)), ...nextCursor(next) } };
    },
    async listDeadLetters({ query }, { principal }) {
      const { items, nextCursor: cursor } = await webhooks.deadLetters(principal, query);
      return { status: 200, body: { deadLetters: items.map((delivery) => encodeDelivery(delivery, eventIds)), ...nextCursor(cursor) } };
    },
    async replayDelivery({ path: { deliveryId } }, { principal }) {
      return { status: 202, body: encodeDelivery(await webhooks.replay(principal, deliveryId), eventIds) };
    },
    async replayWebhook({ path: { webhookId }, body: { after, until, status = "dead" } }, { principal }) {
      const range = { webhookId, status, from: momentOf(after, "/after") ?? 0, until: momentOf(until, "/until") ?? Number.MAX_SAFE_INTEGER };
      return { status: 202, body: { replayed: await webhooks.replayRange(principal, range) } };
    },
  };
}

function withSecret(shown: ShownWebhook) {
  return { ...encodeWebhook(shown), secret: shown.webhook.secret };
}

function momentOf(text: string | undefined, path: string): number | undefined {
  if (text === undefined) return undefined;
  const moment = parseMoment(text);
  if (moment === undefined) throw badRequest([{ path, message: "must be a date such as 2027-01-31, or a date and time such as 2027-01-31T12:00:00Z" }]);
  return moment;
}
