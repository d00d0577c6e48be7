import { CompiledQuery } from "kysely";
import pino from "pino";
import { onTestFinished } from "vitest";
import { temporaryDatabase } from "../storage/testing.ts";
import { GatewayError } from "../errors.ts";
import { maySee } from "../keys/principal.ts";
import type { Workspaces } from "../workspaces/service.ts";
import type { MemorySettings } from "../settings/settings.ts";
import type { Providers } from "../providers/registry.ts";
import { createEmbeddings } from "./embeddings.ts";
import { createSqliteFullText } from "./full-text.ts";
import { createMemory, type MemoryService, type NewMemory } from "./service.ts";
import { createMemoryStore } from "./store.ts";
import { createVectorStore } from "./vectors.ts";

export const dayMs = 24 * 3600 * 1000;

export interface TestMemory extends MemoryService {
  /** Saves in the workspace `default`, where nothing else is said. */
  note(text: string, rest?: Partial<NewMemory>): Promise<string>;
  /** The texts that a search finds, the best first. */
  found(query: string, rest?: { workspaceId?: string; tags?: readonly string[]; limit?: number }): Promise<string[]>;
  clock: { now: number };
  /** How many rows the full-text index has. */
  indexed(): Promise<number>;
}

const noProviders: Pick<Providers, "resolve"> = { resolve: () => Promise.reject(new Error("there is no provider")) };

/** A memory of its own with the workspaces `default` and `team`, and a clock that the test sets. */
export async function testMemory(settings: Partial<MemorySettings> = {}, providers: Pick<Providers, "resolve"> = noProviders): Promise<TestMemory> {
  const database = await temporaryDatabase();
  const clock = { now: Date.UTC(2026, 3, 30) };
  const workspaces: Pick<Workspaces, "getFor"> = {
    async getFor(principal, id) {
      if (!maySee(principal, id) || !["default", "team"].includes(id)) throw new GatewayError("not_found", `There is no workspace \`${id}\`.`);
      return { id, label: id, agentId: null, skills: [], allowlist: new Set(), createdAt: 0, updatedAt: 0 };
    },
  };
  const memory = await createMemory({
    store: createMemoryStore({ database, fullText: createSqliteFullText({ database }) }),
    embeddings: createEmbeddings({ store: createVectorStore({ database }), providers, log: pino({ level: "silent" }) }),
    workspaces,
    settings: { retentionDays: null, maxEntries: 100_000, recall: { enabled: true, maxTokens: 512 }, embeddings: null, ...settings },
    log: pino({ level: "silent" }),
    now: () => clock.now,
  });
  onTestFinished(() => memory.close());
  return Object.assign(memory, {
    clock,
    note: async (text: string, rest: Partial<NewMemory> = {}) => (await memory.save({ workspaceId: "default", agentId: "main", sessionId: null, source: "agent", text, tags: [], ...rest })).id,
    found: async (query: string, { workspaceId = "default", limit = 10, tags = [] }: { workspaceId?: string; tags?: readonly string[]; limit?: number } = {}) =>
      (await memory.recall(workspaceId, { query, limit, tags })).map(({ memory: { text } }) => text),
    indexed: async () => {
      const [row] = database.read<{ count: number }>(CompiledQuery.raw("select count(*) as count from memory_index"));
      return row?.count ?? -1;
    },
  });
}
