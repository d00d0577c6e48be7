import type { components } from "../../generated/server/contract.ts";
import type { EventIds } from "../events/event-ids.ts";
import { instant, instantOrNull } from "../http/encode.ts";
import { redact } from "../settings/redact.ts";
import type { ShownWebhook } from "./service.ts";
import type { Attempt, Delivery, Webhook } from "./webhook.ts";

type Schemas = components["schemas"];

/** A webhook as the contract has it, without its secrets. */
export function encodeWebhook({ webhook, last }: ShownWebhook): Schemas["Webhook"] {
  return {
    id: webhook.id,
    source: webhook.source,
    url: shownUrl(webhook),
    events: [...webhook.events],
    workspace: webhook.workspaceId,
    description: webhook.description,
    enabled: webhook.enabled,
    disabledReason: webhook.disabledReason,
    edition: webhook.edition,
    maxAttempts: webhook.maxAttempts,
    backoffMs: webhook.backoffMs,
    timeoutMs: webhook.timeoutMs,
    concurrency: webhook.concurrency,
    previousSecretUntil: instantOrNull(webhook.previousUntil),
    lastDelivery: last && { id: last.id, event: last.eventType, status: last.status, lastAttempt: lastAttemptOf(last), createdAt: instant(last.createdAt) },
    createdAt: instantOrNull(webhook.createdAt),
    updatedAt: instantOrNull(webhook.updatedAt),
  };
}

/** In the settings an address may hold what only their reader may see. */
function shownUrl({ source, url }: Webhook): string {
  return source === "settings" ? (redact({ url }) as { url: string }).url : url;
}

function lastAttemptOf({ attempts }: Delivery): Schemas["DeliveryAttempt"] | null {
  const attempt = attempts.at(-1);
  return attempt ? encodeAttempt(attempt) : null;
}

export function encodeDelivery(delivery: Delivery, ids: EventIds): Schemas["WebhookDelivery"] {
  const { id, webhookId, eventCursor, eventType, workspaceId, status, attempts, dueAt, createdAt } = delivery;
  return {
    id,
    webhookId,
    eventId: ids.of(eventCursor),
    event: eventType,
    workspace: workspaceId,
    status,
    attempts: attempts.map(encodeAttempt),
    nextAttemptAt: instantOrNull(dueAt),
    createdAt: instant(createdAt),
  };
}

function encodeAttempt({ at, status, error, durationMs }: Attempt): Schemas["DeliveryAttempt"] {
  return { at: instant(at), status, error, durationMs };
}
