import type { Selectable } from "kysely";
import type { Database } from "../storage/database.ts";
import type { KeysTable } from "../storage/schema.ts";

/** A key that the gateway made; its secret is stored as a hash only. */
export interface KeyRecord {
  id: string;
  hash: string;
  label: string;
  prefix: string;
  lastFour: string;
  owner: boolean;
  scopes: string[] | null;
  permissions: string[] | null;
  workspaces: string[] | null;
  rateLimit: number | null;
  maxTokensPerDay: number | null;
  expiresAt: number | null;
  createdAt: number;
  lastUsedAt: number | null;
  revokedAt: number | null;
}

export interface KeyStore {
  findByHash(hash: string): Promise<KeyRecord | undefined>;
  insert(key: KeyRecord): Promise<void>;
  /** All of them, the revoked too, in the order they were made. */
  list(): Promise<KeyRecord[]>;
  count(): Promise<number>;
  /** Notes that a key was used. */
  touch(id: string, at: number): Promise<void>;
  /** Revokes a key for good. False when there is none, or it was revoked before. */
  revoke(id: string, at: number): Promise<boolean>;
}

export function createKeyStore({ database: { kysely } }: { database: Database }): KeyStore {
  return {
    async findByHash(hash) {
      const row = await kysely.selectFrom("keys").selectAll().where("hash", "=", hash).executeTakeFirst();
      return row && toRecord(row);
    },
    async insert(key) {
      await kysely
        .insertInto("keys")
        .values({
          id: key.id,
          hash: key.hash,
          label: key.label,
          prefix: key.prefix,
          last_four: key.lastFour,
          owner: key.owner ? 1 : 0,
          scopes: key.scopes && JSON.stringify(key.scopes),
          permissions: key.permissions && JSON.stringify(key.permissions),
          workspaces: key.workspaces && JSON.stringify(key.workspaces),
          rate_limit: key.rateLimit,
          max_tokens_per_day: key.maxTokensPerDay,
          expires_at: key.expiresAt,
          created_at: key.createdAt,
          last_used_at: key.lastUsedAt,
          revoked_at: key.revokedAt,
        })
        .execute();
    },
    async count() {
      const { count } = await kysely.selectFrom("keys").select(({ fn }) => fn.countAll<number>().as("count")).executeTakeFirstOrThrow();
      return Number(count);
    },
    async list() {
      const rows = await kysely.selectFrom("keys").selectAll().orderBy("id").execute();
      return rows.map(toRecord);
    },
    async touch(id, at) {
      await kysely.updateTable("keys").set({ last_used_at: at }).where("id", "=", id).execute();
    },
    async revoke(id, at) {
      const { numUpdatedRows } = await kysely.updateTable("keys").set({ revoked_at: at }).where("id", "=", id).where("revoked_at", "is", null).executeTakeFirstOrThrow();
      return numUpdatedRows === 1n;
    },
  };
}

function toRecord(row: Selectable<KeysTable>): KeyRecord {
  const list = (text: string | null) => (text === null ? null : (JSON.parse(text) as string[]));
  return {
    id: row.id,
    hash: row.hash,
    label: row.label,
    prefix: row.prefix,
    lastFour: row.last_four,
    owner: row.owner === 1,
    scopes: list(row.scopes),
    permissions: list(row.permissions),
    workspaces: list(row.workspaces),
    rateLimit: row.rate_limit,
    maxTokensPerDay: row.max_tokens_per_day,
    expiresAt: row.expires_at,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    revokedAt: row.revoked_at,
  };
}
