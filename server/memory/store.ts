import type { Selectable } from "kysely";
import { decodeCursor } from "../storage/cursor.ts";
import type { Database } from "../storage/database.ts";
import { type Page, toPage } from "../storage/page.ts";
import type { Script } from "../storage/script.ts";
import type { MemoriesTable } from "../storage/schema.ts";
import type { FullText, SearchScope } from "./full-text.ts";
import type { Term } from "./words.ts";

export interface Memory {
  id: string;
  workspaceId: string;
  agentId: string | null;
  sessionId: string | null;
  source: "agent" | "api";
  text: string;
  tags: readonly string[];
  createdAt: number;
  lastUsedAt: number | null;
}

type Workspaces = readonly string[] | "*";

/** Where an entry stands in the order of age. */
export interface Place {
  createdAt: number;
  number: number;
}

/** Entries to be deleted: all that is given must hold. */
export interface Doomed {
  workspaces: Workspaces;
  createdBefore?: number | undefined;
  /** Only what is older than the entry at this place. */
  olderThan?: Place | undefined;
}

export interface WorkspaceStats {
  workspaceId: string;
  entries: number;
  bytes: number;
  oldest: number;
  newest: number;
}

/** How many entries were deleted, by their workspaces. */
export type Deleted = ReadonlyMap<string, number>;

export interface MemoryStore {
  /** Saves the entry, and deletes the oldest beyond `most`, so far as they are few; which those were. */
  save(entry: Memory, most: number): Promise<Deleted>;
  find(id: string): Promise<Memory | undefined>;
  /** The newest first. Throws `bad_request` on a cursor that is none of this list. */
  list(filter: { workspaces: Workspaces; limit: number; cursor?: string | undefined }): Promise<Page<Memory>>;
  /** The best hundred, unordered. */
  search(terms: readonly Term[], scope: SearchScope): { memory: Memory; relevance: number }[];
  /** Notes that entries were used. */
  touch(ids: readonly string[], usedAt: number): Promise<void>;
  delete(id: string): Promise<Deleted>;
  /** The place of the entry that comes behind so many newer ones; undefined when there are not so many. */
  placeAfter(workspaces: Workspaces, newest: number): Promise<Place | undefined>;
  count(doomed: Doomed): Promise<number>;
  /** Deletes the oldest of them, so many at the most; which they were. */
  deleteSome(doomed: Doomed, most: number): Promise<Deleted>;
  /** By the names of the workspaces. */
  stats(workspaces: Workspaces): Promise<WorkspaceStats[]>;
}

export function createMemoryStore({ database, fullText }: { database: Database; fullText: FullText }): MemoryStore {
  const { kysely, run } = database;

  const inScope = (workspaces: Workspaces) => {
    const query = kysely.selectFrom("memories");
    return workspaces === "*" ? query : query.where("workspace_id", "in", workspaces);
  };

  const doomedRows = ({ workspaces, createdBefore, olderThan }: Doomed) => {
    let query = inScope(workspaces);
    if (createdBefore !== undefined) query = query.where("created_at", "<", createdBefore);
    if (olderThan !== undefined) query = query.where((its) => its.eb(its.refTuple("created_at", "number"), "<", its.tuple(olderThan.createdAt, olderThan.number)));
    return query;
  };

  /** Deletes the entries that a query finds. */
  function* remove(numbers: ReturnType<typeof selectNumbers>): Script<Deleted> {
    const { rows } = yield kysely.deleteFrom("memories").where("number", "in", numbers).returning("workspace_id").compile();
    const deleted = new Map<string, number>();
    for (const { workspace_id: id } of rows as readonly { workspace_id: string }[]) deleted.set(id, (deleted.get(id) ?? 0) + 1);
    return deleted;
  }

  const selectNumbers = (doomed: Doomed, most: number) => doomedRows(doomed).select("number").orderBy("created_at").orderBy("number").limit(most);

  return {
    save(entry, most) {
      const { id, workspaceId, agentId, sessionId, source, text, tags, createdAt, lastUsedAt } = entry;
      const values = { id, workspace_id: workspaceId, agent_id: agentId, session_id: sessionId, source, text, tags: JSON.stringify(tags), bytes: Buffer.byteLength(text), created_at: createdAt, last_used_at: lastUsedAt };
      return run(function* () {
        const inserted = yield kysely.insertInto("memories").values(values).returning("number").compile();
        yield fullText.add((inserted.rows[0] as { number: number }).number, entry);
        const counted = yield kysely.selectFrom("memories").select(({ fn }) => fn.countAll<number>().as("count")).compile();
        const beyond = Number((counted.rows[0] as { count: number }).count) - most;
        return beyond > 0 ? yield* remove(selectNumbers({ workspaces: "*" }, Math.min(beyond, mostEvicted))) : new Map<string, number>();
      });
    },
    async find(id) {
      const row = await kysely.selectFrom("memories").selectAll().where("id", "=", id).executeTakeFirst();
      return row && toMemory(row);
    },
    async list({ workspaces, limit, cursor }) {
      let query = inScope(workspaces).selectAll();
      if (cursor !== undefined) {
        const [createdAt, number] = decodeCursor(cursor, ["number", "number"]);
        query = query.where((its) => its.eb(its.refTuple("created_at", "number"), "<", its.tuple(createdAt, number)));
      }
      const rows = await query.orderBy("created_at", "desc").orderBy("number", "desc").limit(limit + 1).execute();
      return toPage(rows, limit, toMemory, ({ created_at: createdAt, number }) => [createdAt, number]);
    },
    search: (terms, scope) => fullText.find(terms, scope).map(({ row, relevance }) => ({ memory: toMemory(row), relevance })),
    async touch(ids, usedAt) {
      await kysely.updateTable("memories").set({ last_used_at: usedAt }).where("id", "in", ids).execute();
    },
    delete: (id) => run(() => remove(kysely.selectFrom("memories").select("number").where("id", "=", id))),
    async placeAfter(workspaces, newest) {
      const row = await inScope(workspaces).select(["created_at", "number"]).orderBy("created_at", "desc").orderBy("number", "desc").offset(newest - 1).limit(1).executeTakeFirst();
      return row && { createdAt: row.created_at, number: row.number };
    },
    async count(doomed) {
      const { count } = await doomedRows(doomed).select(({ fn }) => fn.countAll<number>().as("count")).executeTakeFirstOrThrow();
      return Number(count);
    },
    deleteSome: (doomed, most) => run(() => remove(selectNumbers(doomed, most))),
    async stats(workspaces) {
      const rows = await inScope(workspaces)
        .select(({ fn }) => ["workspace_id", fn.countAll<number>().as("entries"), fn.sum<number>("bytes").as("bytes"), fn.min("created_at").as("oldest"), fn.max("created_at").as("newest")])
        .groupBy("workspace_id")
        .orderBy("workspace_id")
        .execute();
      return rows.map(({ workspace_id: workspaceId, entries, bytes, oldest, newest }) => ({ workspaceId, entries: Number(entries), bytes: Number(bytes), oldest, newest }));
    },
  };
}

/** By one save: when the limit was lowered by much, the sweep does the rest. */
const mostEvicted = 100;

export function toMemory(row: Selectable<MemoriesTable>): Memory {
  return {
    id: row.id,
    workspaceId: row.workspace_id,
    agentId: row.agent_id,
    sessionId: row.session_id,
    source: row.source,
    text: row.text,
    tags: JSON.parse(row.tags) as string[],
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
  };
}
