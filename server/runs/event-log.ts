/** A batch of events that a reader had not seen yet; the first has the index `from`. */
export interface Batch<T> {
  from: number;
  events: readonly T[];
}

interface Reader {
  /** Index behind the last event it has done with. */
  position: number;
}

/** A writer waits while its slowest reader is this far behind, and goes on at half of it. In bytes, about. */
const highWaterBytes = 256 * 1024;

/** What an event costs in memory beside its text. */
const eventOverheadBytes = 100;

/**
 * The events of one run, kept so that any number of readers can follow them, each from where it likes, at its own speed.
 * The writer is held back by the slowest reader (back-pressure); with no reader at all it is not.
 */
export class EventLog<T> {
  readonly #events: T[] = [];
  /** What the events up to and with this index cost together. */
  readonly #costs: number[] = [];
  readonly #readers = new Set<Reader>();
  #ended = false;
  #wakeReaders: (() => void)[] = [];
  #wakeWriter: (() => void) | undefined;

  get length(): number {
    return this.#events.length;
  }

  /** About how many bytes it holds. */
  get bytes(): number {
    return this.#costs.at(-1) ?? 0;
  }

  get hasEnded(): boolean {
    return this.#ended;
  }

  append(event: T, textLength: number): void {
    this.#events.push(event);
    this.#costs.push(this.bytes + textLength + eventOverheadBytes);
    this.#wakeAll();
  }

  /** No more events come: readers end once they have read to here. */
  end(): void {
    this.#ended = true;
    this.#wakeAll();
  }

  /** Whether the slowest reader is so far behind that the writer should wait. */
  get isFull(): boolean {
    return this.#behind() > highWaterBytes;
  }

  /** Resolves once the readers have caught up or left; rejects with the signal's reason. */
  async room(signal: AbortSignal): Promise<void> {
    const wake = () => this.#wakeWriter?.();
    signal.addEventListener("abort", wake, { once: true });
    try {
      while (this.#behind() > highWaterBytes / 2) {
        signal.throwIfAborted();
        await new Promise<void>((resolve) => (this.#wakeWriter = resolve));
      }
    } finally {
      signal.removeEventListener("abort", wake);
      this.#wakeWriter = undefined;
    }
  }

  /** The events from an index on, in batches of what is there, until the log ends or the signal says so. */
  async *read(from: number, signal: AbortSignal): AsyncGenerator<Batch<T>> {
    const reader: Reader = { position: from };
    this.#readers.add(reader);
    const wake = () => this.#wakeAll();
    signal.addEventListener("abort", wake, { once: true });
    try {
      while (!signal.aborted) {
        if (reader.position < this.#events.length) {
          const events = this.#events.slice(reader.position);
          yield { from: reader.position, events };
          reader.position += events.length;
          this.#wakeWriter?.();
        } else if (this.#ended) return;
        else await new Promise<void>((resolve) => this.#wakeReaders.push(resolve));
      }
    } finally {
      signal.removeEventListener("abort", wake);
      this.#readers.delete(reader);
      this.#wakeWriter?.();
    }
  }

  #behind(): number {
    let slowest = this.#events.length;
    for (const { position } of this.#readers) slowest = Math.min(slowest, position);
    return this.bytes - (slowest > 0 ? (this.#costs[slowest - 1] ?? 0) : 0);
  }

  #wakeAll(): void {
    if (this.#wakeReaders.length === 0) return;
    const waiting = this.#wakeReaders;
    this.#wakeReaders = [];
    for (const wake of waiting) wake();
  }
}
