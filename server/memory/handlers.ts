import type { MemoryHandlers } from "../../generated/server/handlers.ts";
import type { RequestContext } from "../http/request-context.ts";
import { nextCursor } from "../http/encode.ts";
import { encodeHit, encodeMemory, encodeStats } from "./encode.ts";
import type { MemoryService } from "./service.ts";

export function createMemoryHandlers({ memory }: { memory: MemoryService }): MemoryHandlers<RequestContext> {
  return {
    // The operator edition.
    async getMemoryStats(_request, { principal }) {
      return { status: 200, body: encodeStats(await memory.stats(principal)) };
    },
    async searchMemory({ body: { query, limit, workspace, tags } }, { principal }) {
      const found = await memory.search(principal, { query, limit, tags, workspaceId: workspace });
      return { status: 200, body: { results: found.map(encodeHit) } };
    },
    async pruneMemory({ query: { older_than_days: olderThanDays, keep, workspace, dry_run: isDryRun } }, { principal }) {
      const deleted = await memory.prune(principal, { olderThanDays, keep, workspaceId: workspace }, isDryRun);
      return { status: 200, body: { deleted, dry_run: isDryRun } };
    },

    // Entry by entry.
    async listMemories({ query: { limit, cursor, workspace } }, { principal }) {
      const page = await memory.list(principal, { limit, cursor, workspaceId: workspace });
      return { status: 200, body: { memories: page.items.map(encodeMemory), ...nextCursor(page.nextCursor) } };
    },
    async createMemory({ body: { text, tags = [], workspace } }, { principal }) {
      return { status: 201, body: encodeMemory(await memory.add(principal, { text, tags, workspaceId: workspace })) };
    },
    async deleteMemory({ path: { memoryId } }, { principal }) {
      await memory.delete(principal, memoryId);
      return { status: 204 };
    },
  };
}
