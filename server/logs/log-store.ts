import type { Place } from "./place.ts";

/**
 * Where the lines of the gateway's log are kept, to be read again: a file that rotates (`file-store.ts`), or the last lines in
 * memory (`ring-store.ts`). Both are written by pino, through `server/log.ts`.
 */
export interface LogStore {
  /** Takes a line, its newline included. Never throws, and never waits. */
  write(line: string): void;
  /** Resolves once all that was written is kept, or cannot be. */
  flush(): Promise<void>;
  /** Takes over new settings. */
  use(limits: LogLimits): void;
  /** Lines in batches, the newest first: from the end, or from before a line. A batch may be empty. */
  before(place: Place | undefined): AsyncIterable<readonly LogLine[]>;
  /** Lines in batches as they are written, without end: from now on, or from behind a line. Ends when the signal is aborted. */
  after(place: Place | undefined, signal: AbortSignal): AsyncIterable<readonly LogLine[]>;
  /** Writes what is left. */
  close(): Promise<void>;
}

export interface LogLimits {
  /** Of one file. */
  readonly maxFileBytes: number;
  /** The one that is written included. */
  readonly maxFiles: number;
}

export interface LogLine {
  /** Its place in the log, see `place.ts`. One that is kept no more counts as older than all others. */
  readonly id: string;
  /** As it was written, without its newline. Nobody promises that it is whole, or JSON. */
  readonly text: string;
}
