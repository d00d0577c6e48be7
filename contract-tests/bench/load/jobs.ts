import type { Flavour } from "../requests.ts";

/** What the harness asks of the load process. */
export type Job =
  | { kind: "json"; flavour: Flavour; port: number; tag: string; connections: number; requests: number }
  | { kind: "sse"; flavour: Flavour; port: number; tag: string; streams: number; atOnce: number }
  | { kind: "get"; port: number; path: string; connections: number; requests: number }
  | { kind: "idle-open"; flavour: Flavour; port: number; streams: number }
  | { kind: "sockets-open"; port: number; sockets: number }
  /** Closes the streams or sockets to that port; fails when one of them has ended by itself. */
  | { kind: "idle-close"; port: number };

/**
 * What a job came to. `latencies` are a whole answer's for JSON turns and the first event's for streams; an idle job
 * has none. A wrong status or count of events is no result: the job fails.
 */
export interface JobResult {
  durationMs: number;
  latencies: { p50: number; p99: number };
  /** What the load process itself spent, to see whether it stood in the way. */
  loadCpuMicros: number;
}

export type JobReply = { result: JobResult } | { failure: string };
