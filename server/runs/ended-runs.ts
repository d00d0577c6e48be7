import type { Run } from "./run.ts";

/** Runs that have ended, kept for a while in memory, so that their very events can be read again. */
export interface EndedRuns {
  keep(run: Run): void;
  get(id: string): Run | undefined;
  /** Forgets those of a workspace that is deleted. */
  forgetIn(workspaceId: string): void;
}

/** What a run that is kept takes: its events, and itself. */
const bytesOf = (run: Run) => run.log.bytes + 4096;

/** Each is kept for `retentionMs`; fewer, the oldest first, when together they take more than `retentionBytes`. */
export function createEndedRuns({ now, retentionMs, retentionBytes }: { now: () => number; retentionMs: number; retentionBytes: number }): EndedRuns {
  /** The oldest first. */
  const ended = new Map<string, { run: Run; endedAt: number }>();
  let bytes = 0;

  function sweep(): void {
    for (const [id, { run, endedAt }] of ended) {
      if (endedAt > now() - retentionMs && bytes <= retentionBytes) return;
      drop(id, run);
    }
  }

  function drop(id: string, run: Run): void {
    ended.delete(id);
    bytes -= bytesOf(run);
  }

  return {
    keep(run) {
      ended.set(run.id, { run, endedAt: now() });
      bytes += bytesOf(run);
      sweep();
    },
    get(id) {
      sweep();
      return ended.get(id)?.run;
    },
    forgetIn(workspaceId) {
      for (const [id, { run }] of ended) if (run.identity.workspaceId === workspaceId) drop(id, run);
    },
  };
}
