import type { EventType } from "../events/event.ts";
import type { WebhookSettings } from "../settings/settings.ts";

/** What a webhook can be told of; `*` is all of it. */
export type WebhookEvent = EventType | "*";

/** An application that is called when something happens. */
export interface Webhook {
  id: string;
  source: "stored" | "settings";
  url: string;
  events: readonly WebhookEvent[];
  /** Null: of all workspaces. */
  workspaceId: string | null;
  description: string | null;
  enabled: boolean;
  /** Why, when it was not disabled by hand. */
  disabledReason: string | null;
  /** The form of the body. */
  edition: WebhookSettings["edition"];
  /** The first one included. */
  maxAttempts: number;
  /** Wait before the second attempt; it doubles with each one. */
  backoffMs: number;
  /** For one attempt, the answer included. */
  timeoutMs: number;
  /** Deliveries under way at once, of all gateways on the database. With 1, first attempts come in the order of the events. */
  concurrency: number;
  secret: string;
  /** Signs along until then (epoch milliseconds); both or none. */
  previousSecret: string | null;
  previousUntil: number | null;
  /** Null for one of the settings. */
  createdAt: number | null;
  updatedAt: number | null;
}

export type DeliveryStatus = "pending" | "delivered" | "dead";

export interface Attempt {
  at: number;
  /** What the endpoint answered; null when it did not. */
  status: number | null;
  /** Why it failed; null for the one that succeeded. */
  error: string | null;
  durationMs: number;
}

/** One event on its way to one webhook. */
export interface Delivery {
  id: string;
  webhookId: string;
  eventCursor: number;
  eventType: EventType;
  workspaceId: string;
  status: DeliveryStatus;
  /** While it is pending: when it is tried. */
  dueAt: number | null;
  /** While somebody tries it: until when nobody else does. */
  leasedUntil: number | null;
  /** Since it was made or sent again. */
  failures: number;
  /** The oldest first. */
  attempts: readonly Attempt[];
  /** Null before the first failure and once it is delivered: then it is made of the event. */
  body: string | null;
  createdAt: number;
}

/** Whether it can be told of what happens in a workspace. */
export function isFor(webhook: Webhook, workspaceId: string): boolean {
  return webhook.workspaceId === null || webhook.workspaceId === workspaceId;
}

/** A webhook as the settings have it. */
export function ofSettings({ id, edition, url, secret, events, maxAttempts, backoffMs, timeoutMs, concurrency }: WebhookSettings): Webhook {
  return {
    id,
    source: "settings",
    url,
    events,
    workspaceId: null,
    description: null,
    enabled: true,
    disabledReason: null,
    edition,
    maxAttempts,
    backoffMs,
    timeoutMs,
    concurrency,
    secret,
    previousSecret: null,
    previousUntil: null,
    createdAt: null,
    updatedAt: null,
  };
}
