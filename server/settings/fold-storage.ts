import type { Folding } from "./folding.ts";

const inMemory = "sqlite::memory:";

/** The database's URL, with the file of SQLite absolute. The URL is never shown: it may hold a password. */
export function foldStorage({ file, stateDir, path, fault }: Folding): string {
  if (file.redis?.url != null && !/^rediss?:\/\//.test(file.redis.url)) fault("/redis/url", "must begin with redis:// or rediss://, or be null.");
  const url = file.storage?.url;
  if (url === undefined) return `sqlite:${stateDir}/openclaw.db`;
  if (url === inMemory) return url;
  const sqliteFile = /^sqlite:(?:\/\/(?=\/))?(.+)$/.exec(url)?.[1];
  if (sqliteFile !== undefined) return `sqlite:${path(sqliteFile)}`;
  if (!/^postgres(ql)?:\/\//.test(url)) fault("/storage/url", "must begin with sqlite:, such as sqlite:~/.openclaw/openclaw.db, or with postgres://.");
  return url;
}
