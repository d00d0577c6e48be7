import type { Insertable, Selectable } from "kysely";
import type { Database } from "../storage/database.ts";
import { prepare } from "../storage/prepared.ts";
import type { KeysTable } from "../storage/schema.ts";
import type { Key } from "./key.ts";
import type { TokenPrefix } from "./token.ts";

/** A key of the database; of its secret there is a hash only. */
export interface KeyRecord extends Key {
  readonly source: "stored";
  readonly hash: string;
  readonly createdAt: number;
}

/** How a key ends that another takes the place of: at once, or later. `at` is now. */
export type End = { at: number; revokedAt: number } | { at: number; expiresAt: number };

export interface KeyStore {
  /** Asked by requests, and so at once. */
  findByHash(hash: string): KeyRecord | undefined;
  find(id: string): KeyRecord | undefined;
  insert(key: KeyRecord): Promise<void>;
  /** Those behind an id, the expired and revoked too, in the order of their ids, which is the order they were made in. */
  list(page: { after: string; limit: number }): Promise<KeyRecord[]>;
  count(): Promise<number>;
  /** Notes when keys were used last. */
  touch(uses: readonly (readonly [id: string, at: number])[]): Promise<void>;
  /** Revokes a key for good. False when there is none, or it was revoked before. */
  revoke(id: string, at: number): Promise<boolean>;
  /** Ends a key and inserts the one that takes its place, both or neither. False when the old one had ended already. */
  replace(id: string, end: End, next: KeyRecord): Promise<boolean>;
}

export function createKeyStore({ database }: { database: Database }): KeyStore {
  const { kysely } = database;
  const byHash = prepare<{ hash: string }>()((value) => kysely.selectFrom("keys").selectAll().where("hash", "=", value("hash")));
  const byId = prepare<{ id: string }>()((value) => kysely.selectFrom("keys").selectAll().where("id", "=", value("id")));
  const touchOne = prepare<{ id: string; at: number }>()((value) => kysely.updateTable("keys").set({ last_used_at: value("at") }).where("id", "=", value("id")));
  const insertion = (key: KeyRecord) => kysely.insertInto("keys").values(toRow(key));
  const first = (rows: Selectable<KeysTable>[]) => rows[0] && toRecord(rows[0]);

  return {
    findByHash: (hash) => first(database.read(byHash({ hash }))),
    find: (id) => first(database.read(byId({ id }))),
    async insert(key) {
      await insertion(key).execute();
    },
    async list({ after, limit }) {
      const rows = await kysely.selectFrom("keys").selectAll().where("id", ">", after).orderBy("id").limit(limit).execute();
      return rows.map(toRecord);
    },
    async count() {
      const { count } = await kysely.selectFrom("keys").select(({ fn }) => fn.countAll<number>().as("count")).executeTakeFirstOrThrow();
      return Number(count);
    },
    touch: (uses) =>
      database.run(function* () {
        for (const [id, at] of uses) yield touchOne({ id, at });
      }),
    async revoke(id, at) {
      const { numUpdatedRows } = await kysely.updateTable("keys").set({ revoked_at: at }).where("id", "=", id).where("revoked_at", "is", null).executeTakeFirstOrThrow();
      return numUpdatedRows === 1n;
    },
    replace(id, { at, ...end }, next) {
      const ending = kysely
        .updateTable("keys")
        .set("revokedAt" in end ? { revoked_at: end.revokedAt } : { expires_at: end.expiresAt })
        .where("id", "=", id)
        .where("revoked_at", "is", null)
        .where((its) => its.or([its("expires_at", "is", null), its("expires_at", ">", at)]));
      return database.run(function* () {
        const { affected } = yield ending.compile();
        if (affected === 0) return false;
        yield insertion(next).compile();
        return true;
      });
    },
  };
}

function toRow(key: KeyRecord): Insertable<KeysTable> {
  return {
    id: key.id,
    hash: key.hash,
    label: key.label,
    prefix: key.prefix,
    last_four: key.lastFour,
    owner: key.owner ? 1 : 0,
    scopes: key.scopes && JSON.stringify(key.scopes),
    permissions: key.permissions && JSON.stringify(key.permissions),
    workspaces: key.workspaces === "*" ? null : JSON.stringify(key.workspaces),
    tools: key.tools && JSON.stringify(key.tools),
    deny_tools: key.denyTools && JSON.stringify(key.denyTools),
    rate_limit: key.rateLimit,
    max_tokens_per_day: key.maxTokensPerDay,
    expires_at: key.expiresAt,
    created_at: key.createdAt,
    last_used_at: key.lastUsedAt,
    revoked_at: key.revokedAt,
  };
}

function toRecord(row: Selectable<KeysTable>): KeyRecord {
  const list = (text: string | null) => (text === null ? null : (JSON.parse(text) as string[]));
  return {
    id: row.id,
    source: "stored",
    hash: row.hash,
    label: row.label,
    prefix: row.prefix as TokenPrefix,
    lastFour: row.last_four,
    owner: row.owner === 1,
    scopes: list(row.scopes),
    permissions: list(row.permissions),
    workspaces: list(row.workspaces) ?? "*",
    tools: list(row.tools),
    denyTools: list(row.deny_tools),
    rateLimit: row.rate_limit,
    maxTokensPerDay: row.max_tokens_per_day,
    expiresAt: row.expires_at,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    revokedAt: row.revoked_at,
  };
}
