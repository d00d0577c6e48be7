import type { Selectable, Updateable } from "kysely";
import type { Database } from "../storage/database.ts";
import type { WebhooksTable } from "../storage/schema.ts";
import type { Webhook, WebhookEvent } from "./webhook.ts";

/** What can be changed of a webhook; what is not there stays. */
export type WebhookChange = Partial<Omit<Webhook, "id" | "source" | "workspaceId" | "createdAt">>;

/** The webhooks that were made over HTTP. They are few: all of them fit into memory. */
export interface WebhookStore {
  /** In the order of their ids, as they stand now. */
  all(): Webhook[];
  insert(webhook: Webhook): Promise<void>;
  /** False when it is gone. */
  update(id: string, change: WebhookChange): Promise<boolean>;
  delete(id: string): Promise<boolean>;
}

export function createWebhookStore({ database }: { database: Database }): WebhookStore {
  const { kysely } = database;
  const allQuery = kysely.selectFrom("webhooks").selectAll().orderBy("id").compile();

  return {
    all: () => database.read(allQuery).map(toWebhook),
    async insert(webhook) {
      const { id, workspaceId, url, description, disabledReason, edition, maxAttempts, backoffMs, timeoutMs, concurrency, secret, previousSecret, previousUntil } = webhook;
      await kysely
        .insertInto("webhooks")
        .values({
          id,
          workspace_id: workspaceId,
          url,
          events: JSON.stringify(webhook.events),
          description,
          enabled: webhook.enabled ? 1 : 0,
          disabled_reason: disabledReason,
          edition,
          max_attempts: maxAttempts,
          backoff_ms: backoffMs,
          timeout_ms: timeoutMs,
          concurrency,
          secret,
          previous_secret: previousSecret,
          previous_until: previousUntil,
          created_at: webhook.createdAt ?? 0,
          updated_at: webhook.updatedAt ?? 0,
        })
        .execute();
    },
    async update(id, change) {
      const { numUpdatedRows } = await kysely.updateTable("webhooks").set(toColumns(change)).where("id", "=", id).executeTakeFirstOrThrow();
      return numUpdatedRows > 0n;
    },
    async delete(id) {
      const { numDeletedRows } = await kysely.deleteFrom("webhooks").where("id", "=", id).executeTakeFirstOrThrow();
      return numDeletedRows > 0n;
    },
  };
}

/** Kysely leaves out what is undefined. */
function toColumns(change: WebhookChange): { [Column in keyof Updateable<WebhooksTable>]: Updateable<WebhooksTable>[Column] | undefined } {
  return {
    url: change.url,
    events: change.events && JSON.stringify(change.events),
    description: change.description,
    enabled: change.enabled === undefined ? undefined : change.enabled ? 1 : 0,
    disabled_reason: change.disabledReason,
    edition: change.edition,
    max_attempts: change.maxAttempts,
    backoff_ms: change.backoffMs,
    timeout_ms: change.timeoutMs,
    concurrency: change.concurrency,
    secret: change.secret,
    previous_secret: change.previousSecret,
    previous_until: change.previousUntil,
    updated_at: change.updatedAt ?? undefined,
  };
}

function toWebhook(row: Selectable<WebhooksTable>): Webhook {
  return {
    id: row.id,
    source: "stored",
    url: row.url,
    events: JSON.parse(row.events) as WebhookEvent[],
    workspaceId: row.workspace_id,
    description: row.description,
    enabled: row.enabled === 1,
    disabledReason: row.disabled_reason,
    edition: row.edition,
    maxAttempts: row.max_attempts,
    backoffMs: row.backoff_ms,
    timeoutMs: row.timeout_ms,
    concurrency: row.concurrency,
    secret: row.secret,
    previousSecret: row.previous_secret,
    previousUntil: row.previous_until,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
