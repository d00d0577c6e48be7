import type { Logger } from "pino";
import { Pool } from "undici";
import type { OtlpSettings } from "./otlp-settings.ts";
import { encodeSpans } from "./otlp.ts";
import type { EndedSpan } from "./tracer.ts";

export interface SpanExporter {
  /** Takes a span. Where there is no room for it, it is dropped and counted. */
  add(span: EndedSpan): void;
  readonly counts: { readonly exported: number; readonly dropped: number };
  /** Sends what is left, for a few seconds at most. */
  close(): Promise<void>;
}

const answerTimeoutMs = 10_000;
const lastTimeoutMs = 3_000;

/** Sends spans to a collector, in batches behind the requests' backs (OTLP/HTTP in JSON). What it cannot take waits in a bounded queue for the next time. */
export function createSpanExporter({ url, headers, resource, delayMs, queueSize, batchSize }: OtlpSettings, log: Logger): SpanExporter {
  const pool = new Pool(url.origin, { connections: 1 });
  const queue: EndedSpan[] = [];
  const stopped = new AbortController();
  let exported = 0;
  let dropped = 0;
  let isDown = false;
  let timer: NodeJS.Timeout | undefined;
  let sending: Promise<boolean> | undefined;

  function add(span: EndedSpan): void {
    if (queue.length >= queueSize) {
      dropped++;
      return;
    }
    queue.push(span);
    if (queue.length >= batchSize && !isDown) void send();
    timer ??= setTimeout(tick, delayMs).unref();
  }

  function tick(): void {
    timer = undefined;
    void send().then(() => {
      if (queue.length > 0) timer ??= setTimeout(tick, delayMs).unref();
    });
  }

  /** One batch after the other. Resolves with whether it has been taken. */
  function send(): Promise<boolean> {
    return (sending ??= sendBatch().finally(() => (sending = undefined)));
  }

  async function sendBatch(): Promise<boolean> {
    const batch = queue.slice(0, batchSize);
    if (batch.length === 0) return true;
    try {
      const { statusCode, body } = await pool.request({
        method: "POST",
        path: url.pathname + url.search,
        headers: { ...headers, "content-type": "application/json" },
        body: encodeSpans(batch, resource),
        signal: AbortSignal.any([AbortSignal.timeout(answerTimeoutMs), stopped.signal]),
      });
      await body.dump();
      if (isTransient(statusCode)) throw new Error(`The collector answered ${statusCode}.`);
      queue.splice(0, batch.length);
      // Such a batch would be refused again.
      if (statusCode >= 300) {
        dropped += batch.length;
        told(`The collector answered ${statusCode}.`);
        return true;
      }
      exported += batch.length;
      if (isDown) log.info("the collector of traces takes spans again");
      isDown = false;
      return true;
    } catch (cause) {
      told(cause instanceof Error ? cause.message : "");
      return false;
    }
  }

  /** Once, however long the collector is away. */
  function told(reason: string): void {
    if (!isDown) log.warn({ collector: url.origin, reason }, "spans could not be sent to the collector of traces; they wait, and the newest are dropped when there are too many");
    isDown = true;
  }

  return {
    add,
    counts: {
      get exported() {
        return exported;
      },
      get dropped() {
        return dropped;
      },
    },
    async close() {
      clearTimeout(timer);
      const last = setTimeout(() => stopped.abort(), lastTimeoutMs);
      await sending;
      while (queue.length > 0 && !stopped.signal.aborted && (await send()));
      clearTimeout(timer);
      clearTimeout(last);
      await pool.destroy();
    },
  };
}

/** What OTLP lets a client send again. */
function isTransient(status: number): boolean {
  return status === 429 || status === 502 || status === 503 || status === 504;
}
