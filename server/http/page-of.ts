import { badRequest } from "./validate.ts";

/** A page of a list that is all in memory. The cursor is the place behind the page before, opaque to clients. */
export function pageOf<T>(items: readonly T[], { limit, cursor }: { limit: number; cursor?: string | undefined }): { items: readonly T[]; nextCursor?: string } {
  const from = cursor === undefined ? 0 : decode(cursor);
  const end = from + limit;
  return { items: items.slice(from, end), ...(end < items.length ? { nextCursor: Buffer.from(`at:${end}`).toString("base64url") } : {}) };
}

function decode(cursor: string): number {
  const match = /^at:(\d{1,9})$/.exec(Buffer.from(cursor, "base64url").toString());
  if (!match) throw badRequest([{ path: "/query/cursor", message: "is not a cursor of this list" }]);
  return Number(match[1]);
}
