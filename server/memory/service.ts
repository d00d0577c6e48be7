import type { Logger } from "pino";
import { dayMs } from "../durations.ts";
import { GatewayError } from "../errors.ts";
import { newId } from "../ids.ts";
import { homeWorkspace, maySee, type Principal } from "../keys/principal.ts";
import type { MemorySettings } from "../settings/settings.ts";
import type { Page } from "../storage/page.ts";
import type { Workspaces } from "../workspaces/service.ts";
import type { Embeddings } from "./embeddings.ts";
import { rank, type Ranked } from "./ranking.ts";
import { snippetOf } from "./snippet.ts";
import type { Deleted, Doomed, Memory, MemoryStore, WorkspaceStats } from "./store.ts";
import { termsOf } from "./words.ts";

export type { Memory, WorkspaceStats } from "./store.ts";

/** What is to be remembered, and where it comes from. */
export interface NewMemory {
  workspaceId: string;
  agentId: string | null;
  sessionId: string | null;
  source: "agent" | "api";
  text: string;
  tags: readonly string[];
}

export interface MemoryQuery {
  query: string;
  limit: number;
  /** All of them must be on an entry. */
  tags?: readonly string[] | undefined;
}

export interface Found {
  memory: Memory;
  /** From 0 to 1. */
  score: number;
}

/** Which entries are to go: all that is given must hold. */
export interface PruneCriteria {
  workspaceId?: string | undefined;
  olderThanDays?: number | undefined;
  /** The newest so many stay. */
  keep?: number | undefined;
}

export interface MemoryService {
  /** Whether a workspace remembers anything. Costs nothing. */
  has(workspaceId: string): boolean;
  /** Saves for an agent of the workspace. */
  save(entry: NewMemory): Promise<Memory>;
  /** What an agent of the workspace is told of, the best first; it counts as used. */
  recall(workspaceId: string, query: MemoryQuery): Promise<Found[]>;
  /** Takes note that a workspace is gone, with all that it remembered. */
  forget(workspaceId: string): void;

  // For keys. Each throws `not_found` on a workspace that the key may not see.
  add(principal: Principal, entry: { text: string; tags: readonly string[]; workspaceId?: string | undefined }): Promise<Memory>;
  list(principal: Principal, page: { workspaceId?: string | undefined; limit: number; cursor?: string | undefined }): Promise<Page<Memory>>;
  search(principal: Principal, query: MemoryQuery & { workspaceId?: string | undefined }): Promise<(Found & { snippet: string })[]>;
  /** Throws `not_found`. */
  delete(principal: Principal, id: string): Promise<void>;
  /** How many were deleted, or would be. Throws `bad_request` without a criterion. */
  prune(principal: Principal, criteria: PruneCriteria, isDryRun: boolean): Promise<number>;
  stats(principal: Principal): Promise<WorkspaceStats[]>;

  /** Deletes what is too old and what is too much, in small pieces. Called by the clock. */
  sweep(): Promise<void>;
  /** Those in force. */
  readonly settings: MemorySettings;
  /** Takes other settings. */
  use(settings: MemorySettings): void;
  /** Ends the clock. */
  close(): void;
}

export interface MemoryOptions {
  store: MemoryStore;
  embeddings: Embeddings;
  workspaces: Pick<Workspaces, "getFor">;
  settings: MemorySettings;
  log: Logger;
  now: () => number;
}

/** Reads how much there is, and begins to sweep by the clock. */
export async function createMemory({ store, embeddings, workspaces, settings, log, now }: MemoryOptions): Promise<MemoryService> {
  // Every turn asks whether there are any. This process is the only one that writes them.
  const counts = new Map((await store.stats("*")).map(({ workspaceId, entries }) => [workspaceId, entries]));

  function subtract(deleted: Deleted): number {
    let sum = 0;
    for (const [id, number] of deleted) {
      // A workspace may be gone by now.
      counts.set(id, Math.max(0, (counts.get(id) ?? 0) - number));
      sum += number;
    }
    return sum;
  }

  /** Those of the key, or the one it names. */
  async function scopeOf(principal: Principal, workspaceId: string | undefined): Promise<readonly string[] | "*"> {
    if (workspaceId === undefined) return principal.workspaces;
    await workspaces.getFor(principal, workspaceId);
    return [workspaceId];
  }

  async function save(entry: NewMemory): Promise<Memory> {
    const memory: Memory = { id: newId("mem"), ...entry, createdAt: now(), lastUsedAt: null };
    const evicted = await store.save(memory, settings.maxEntries);
    counts.set(entry.workspaceId, (counts.get(entry.workspaceId) ?? 0) + 1);
    subtract(evicted);
    if (embeddings.isOn) embeddings.wake();
    return memory;
  }

  /** By words, and by meaning where the settings say so. */
  async function find({ query, limit, tags = [] }: MemoryQuery, workspaceIds: readonly string[] | "*") {
    const scope = { workspaces: workspaceIds, tags };
    const terms = termsOf(query);
    const candidates = new Map<string, Ranked & { memory: Memory }>();
    const candidate = (memory: Memory, fit: { relevance: number; similarity?: number }) => candidates.set(memory.id, { memory, ...fit, at: Math.max(memory.createdAt, memory.lastUsedAt ?? 0) });
    for (const { memory, relevance } of store.search(terms, scope)) candidate(memory, { relevance });
    const similar = embeddings.isOn ? await embeddings.nearest(query, scope) : [];
    for (const { memory, similarity } of similar) candidate(memory, { relevance: candidates.get(memory.id)?.relevance ?? 0, similarity });
    return { terms, found: rank([...candidates.values()], now()).slice(0, limit) };
  }

  /** What turns use is written once an hour at the most: who is told of it anew in each turn of a session need not write each time. */
  function touch(found: readonly Found[]): void {
    const ids = found.filter(({ memory }) => (memory.lastUsedAt ?? 0) + usedGrainMs <= now()).map(({ memory }) => memory.id);
    if (ids.length > 0) store.touch(ids, now()).catch((error: unknown) => log.warn({ err: error }, "the use of memories could not be noted"));
  }

  /** In small transactions, with turns served in between. */
  async function deleteAll(doomed: Doomed): Promise<number> {
    for (let sum = 0; ; ) {
      const deleted = subtract(await store.deleteSome(doomed, chunk));
      sum += deleted;
      if (deleted < chunk) return sum;
    }
  }

  /** What to delete so that the newest so many stay; undefined when there are no more than those. */
  async function beyond(scope: readonly string[] | "*", keep: number): Promise<Doomed | undefined> {
    if (keep === 0) return { workspaces: scope };
    const olderThan = await store.placeAfter(scope, keep);
    return olderThan && { workspaces: scope, olderThan };
  }

  async function sweep(): Promise<void> {
    const { retentionDays, maxEntries } = settings;
    let deleted = 0;
    if (retentionDays !== null) deleted += await deleteAll({ workspaces: "*", createdBefore: now() - retentionDays * dayMs });
    const tooMany = await beyond("*", maxEntries);
    if (tooMany !== undefined) deleted += await deleteAll(tooMany);
    if (embeddings.isOn) embeddings.wake();
    if (deleted > 0) log.info({ memories: deleted }, "memories were forgotten");
  }

  const sweepNow = () => void sweep().catch((error: unknown) => log.warn({ err: error }, "old memories could not be deleted"));
  const clock = setInterval(sweepNow, sweepEveryMs).unref();
  embeddings.use(settings.embeddings?.model ?? null);
  sweepNow();

  return {
    has: (workspaceId) => (counts.get(workspaceId) ?? 0) > 0,
    save,
    async recall(workspaceId, query) {
      const { found } = await find(query, [workspaceId]);
      touch(found);
      return found;
    },
    forget: (workspaceId) => void counts.delete(workspaceId),

    async add(principal, { text, tags, workspaceId = homeWorkspace(principal) }) {
      await workspaces.getFor(principal, workspaceId);
      return save({ workspaceId, agentId: null, sessionId: null, source: "api", text, tags });
    },
    async list(principal, { workspaceId, ...page }) {
      return store.list({ ...page, workspaces: await scopeOf(principal, workspaceId) });
    },
    async search(principal, { workspaceId, ...query }) {
      const { terms, found } = await find(query, await scopeOf(principal, workspaceId));
      return found.map(({ memory, score }) => ({ memory, score, snippet: snippetOf(memory.text, terms) }));
    },
    async delete(principal, id) {
      const memory = await store.find(id);
      // Another tenant's entry and none at all look the same.
      const deleted = memory && maySee(principal, memory.workspaceId) ? subtract(await store.delete(id)) : 0;
      if (deleted === 0) throw new GatewayError("not_found", `There is no memory \`${id}\`.`);
    },
    async prune(principal, { workspaceId, olderThanDays, keep }, isDryRun) {
      if (workspaceId === undefined && olderThanDays === undefined && keep === undefined) throw noCriterion();
      const scope = await scopeOf(principal, workspaceId);
      const among = keep === undefined ? { workspaces: scope } : await beyond(scope, keep);
      if (among === undefined) return 0;
      const doomed: Doomed = { ...among, createdBefore: olderThanDays === undefined ? undefined : now() - olderThanDays * dayMs };
      return isDryRun ? store.count(doomed) : deleteAll(doomed);
    },
    stats: ({ workspaces: visible }) => store.stats(visible),

    sweep,
    get settings() {
      return settings;
    },
    use(next) {
      settings = next;
      embeddings.use(next.embeddings?.model ?? null);
      sweepNow();
    },
    close() {
      clearInterval(clock);
      embeddings.close();
    },
  };
}

const usedGrainMs = 3600 * 1000;
const sweepEveryMs = 3600 * 1000;

/** Entries deleted in one transaction. */
const chunk = 500;

function noCriterion(): GatewayError {
  const message = "Say what to prune: at least one of `older_than_days`, `keep` and `workspace`.";
  return new GatewayError("bad_request", message, { details: { errors: [{ path: "/query", message }] } });
}
