import { existsSync } from "node:fs";
import { databaseFile, openReadOnly } from "./database-file.ts";

/** What the doctor has to know of a key of the database. Times are epoch milliseconds. */
export interface StoredKey {
  id: string;
  label: string;
  isOwner: boolean;
  isAdmin: boolean;
  createdAt: number;
  lastUsedAt: number | null;
  expiresAt: number | null;
  revokedAt: number | null;
}

interface Row {
  id: string;
  label: string;
  owner: number;
  scopes: string | null;
  created_at: number;
  last_used_at: number | null;
  expires_at: number | null;
  revoked_at: number | null;
}

/** The keys of the database; none while there is no database with keys in it. */
export function readStoredKeys(url: string): StoredKey[] {
  const file = databaseFile(url);
  if (file === null || !existsSync(file)) return [];
  using database = openReadOnly(file);
  if (database.prepare("select 1 from sqlite_master where type = 'table' and name = 'keys'").get() === undefined) return [];
  const rows = database.prepare("select id, label, owner, scopes, created_at, last_used_at, expires_at, revoked_at from keys order by id").all() as unknown as Row[];
  return rows.map((row) => ({
    id: row.id,
    label: row.label,
    isOwner: row.owner === 1,
    isAdmin: row.scopes !== null && (JSON.parse(row.scopes) as string[]).includes("admin"),
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
  }));
}
