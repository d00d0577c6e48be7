import type { Server } from "../servers/launch.ts";
import { eventsPerStream } from "../servers/completions.ts";
import type { Bench } from "./bench.ts";
import { measureJob } from "./measured-job.ts";

/** Two hundred streams, a few at a time and all at once. The load process has counted every stream's events. */
export async function measureSse(bench: Bench, server: Server, round: number): Promise<void> {
  const { side, flavour, port } = server;
  for (const atOnce of [20, streams]) {
    const tag = `sse-${round}-${atOnce}`;
    const job = await measureJob(bench, server, { kind: "sse", flavour, port, tag, streams, atOnce });
    const record = (id: string, label: string, unit: string, value: number): void =>
      bench.figures.record({ id: `sse-${atOnce}/${id}`, group: `${streams} streams, ${atOnce} at once`, label, unit }, side, value);
    const events = streams * eventsPerStream;
    record("cpu", "CPU per event", "µs", job.cpuMicros / events);
    record("rate", "events", "/s", (events * 1000) / job.durationMs);
    record("p50", "first event p50", "ms", job.latencies.p50);
    record("p99", "first event p99", "ms", job.latencies.p99);
    record("rss", "RSS after", "MB", job.rssMegabytes);
  }
}

export async function warmUpSse(bench: Bench, { flavour, port }: Server): Promise<void> {
  await bench.load.run({ kind: "sse", flavour, port, tag: "warm-up", streams: 100, atOnce: 20 });
}

const streams = 200;
