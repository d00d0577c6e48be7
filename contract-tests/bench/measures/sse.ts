import type { Server } from "../servers/launch.ts";
import { eventsPerStream } from "../servers/completions.ts";
import type { Bench } from "./bench.ts";
import { measureJob } from "./measured-job.ts";

/** Streams of a hundred chunks, twenty at a time and two hundred at a time. The load process has counted every stream's events. */
export async function measureSse(bench: Bench, server: Server, round: number): Promise<void> {
  const { side, flavour, port } = server;
  for (const atOnce of [20, 200]) {
    const tag = `sse-${round}-${atOnce}`;
    const job = await measureJob(bench, server, { kind: "sse", flavour, port, tag, streams, atOnce });
    const record = (id: string, label: string, unit: string, value: number): void =>
      bench.figures.record({ id: `sse-${atOnce}/${id}`, group: `Streams, ${atOnce} at once`, label, unit }, side, value);
    const events = streams * eventsPerStream;
    record("cpu", "CPU per event", "µs", job.cpuMicros / events);
    record("rate", "events", "/s", (events * 1000) / job.durationMs);
    record("p50", "first event p50", "ms", job.latencies.p50);
    record("p99", "first event p99", "ms", job.latencies.p99);
    record("rss", "RSS after", "MB", job.rssMegabytes);
  }
}

export async function warmUpSse(bench: Bench, { flavour, port }: Server): Promise<void> {
  for (const atOnce of [20, 200]) {
    await bench.load.run({ kind: "sse", flavour, port, tag: `warm-up-${atOnce}`, streams: 400, atOnce });
  }
}

/**
 * How many chunks a server finds in one read is up to the scheduler, and with it what an event costs: two hundred
 * streams vary by half from run to run, three times as many by a tenth.
 */
const streams = 600;
