import type { Session, SpokenMessage } from "../sessions/service.ts";

/** What the last turn of a session left behind, so that the next need not read it again. */
export interface HistoryCache {
  /** The session's messages behind its summary, if nothing has happened to it since they were kept. */
  get(session: Session): readonly SpokenMessage[] | undefined;
  /** Keeps a session's messages as they are after a turn. */
  keep(session: Pick<Session, "id" | "workspaceId" | "messageCount" | "lastActiveAt">, messages: readonly SpokenMessage[]): void;
  /** Forgets what was said in a deleted workspace. */
  forgetIn(workspaceId: string): void;
}

interface Entry {
  workspaceId: string;
  messageCount: number;
  lastActiveAt: number;
  messages: readonly SpokenMessage[];
  characters: number;
}

/** Longer conversations are read each time: there are few of them, and one would push out many. */
export const mostCharactersOfOne = 64 * 1024;

/**
 * A session says by its count and the time of its last activity whether what was kept of it still holds, whoever has changed
 * it. Bounded by what it holds, about 16 MB; the session that was used longest ago goes first.
 */
export function createHistoryCache(mostCharacters = 8 * 1024 * 1024): HistoryCache {
  const entries = new Map<string, Entry>();
  let characters = 0;

  function drop(id: string): void {
    const entry = entries.get(id);
    if (!entry) return;
    entries.delete(id);
    characters -= entry.characters;
  }

  return {
    get({ id, messageCount, lastActiveAt, summary }) {
      const entry = entries.get(id);
      if (entry?.messageCount !== messageCount || entry.lastActiveAt !== lastActiveAt) return undefined;
      return summary ? entry.messages.filter((message) => message.id > summary.upTo) : entry.messages;
    },
    keep({ id, workspaceId, messageCount, lastActiveAt }, messages) {
      drop(id);
      // Tool calls are long and of many kinds; what they hold is not counted, so it is not kept.
      if (messages.some(({ toolCalls }) => toolCalls !== null)) return;
      let size = 200;
      for (const { content } of messages) size += content.length + 100;
      if (size > mostCharactersOfOne) return;
      entries.set(id, { workspaceId, messageCount, lastActiveAt, messages, characters: size });
      characters += size;
      for (const oldest of entries.keys()) {
        if (characters <= mostCharacters) break;
        drop(oldest);
      }
    },
    forgetIn(workspaceId) {
      for (const [id, entry] of entries) if (entry.workspaceId === workspaceId) drop(id);
    },
  };
}
