import type { components } from "../../generated/server/contract.ts";
import { instant, instantOrNull } from "../http/encode.ts";
import type { Found, Memory, WorkspaceStats } from "./service.ts";

type Schemas = components["schemas"];

export function encodeMemory({ id, workspaceId, text, tags, agentId, sessionId, source, createdAt, lastUsedAt }: Memory): Schemas["Memory"] {
  return { id, workspace: workspaceId, text, tags: [...tags], agentId, sessionId, source, createdAt: instant(createdAt), lastUsedAt: instantOrNull(lastUsedAt) };
}

export function encodeHit({ memory, score, snippet }: Found & { snippet: string }): Schemas["MemoryHit"] {
  const { agentId: agent_id, sessionId: session_id, createdAt: created_at, lastUsedAt: last_used_at, ...entry } = encodeMemory(memory);
  return { ...entry, snippet, score, agent_id, session_id, created_at, last_used_at };
}

export function encodeStats(stats: readonly WorkspaceStats[]): Schemas["MemoryStats"] {
  const sum = (field: "entries" | "bytes") => stats.reduce((total, workspace) => total + workspace[field], 0);
  return {
    entries: sum("entries"),
    bytes: sum("bytes"),
    by_workspace: stats.map(({ workspaceId, entries, bytes, oldest, newest }) => ({ workspace: workspaceId, entries, bytes, oldest: instant(oldest), newest: instant(newest) })),
    oldest: stats.length === 0 ? null : instant(Math.min(...stats.map(({ oldest }) => oldest))),
    newest: stats.length === 0 ? null : instant(Math.max(...stats.map(({ newest }) => newest))),
  };
}
