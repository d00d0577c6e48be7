import type { Server } from "../servers/launch.ts";
import type { Bench } from "./bench.ts";
import { measureJob } from "./measured-job.ts";

/** JSON turns at one, a few and many connections. */
export async function measureJson(bench: Bench, server: Server, round: number): Promise<void> {
  const { side, flavour, port } = server;
  for (const { connections, requests } of loads) {
    const tag = `json-${round}-${connections}`;
    const job = await measureJob(bench, server, { kind: "json", flavour, port, tag, connections, requests });
    if (job.upstream.requests < requests) throw new Error(`${requests} turns, but the upstream was asked ${job.upstream.requests} times`);
    if (job.upstream.requests > requests) bench.note(`The ${side} asked the upstream more than once a turn: ${job.upstream.requests} times for ${requests}.`);

    const record = (id: string, label: string, unit: string, value: number): void =>
      bench.figures.record({ id: `json-${connections}/${id}`, group: `JSON turns, ${connections} at once`, label, unit }, side, value);
    record("cpu", "CPU per request", "µs", job.cpuMicros / requests);
    record("rate", "requests", "/s", (requests * 1000) / job.durationMs);
    record("p50", "p50", "ms", job.latencies.p50);
    record("p99", "p99", "ms", job.latencies.p99);
    record("rss", "RSS after", "MB", job.rssMegabytes);
    record("upstream", "upstream request", "bytes", job.upstream.bytes / job.upstream.requests);
    record("load", "load generator's CPU", "µs", job.loadCpuMicros / requests);
  }
}

/** Until the code is compiled and the caches are full: after 1,500 turns a turn still costs twice what it costs in the end. */
export async function warmUpJson(bench: Bench, { flavour, port }: Server, requests = 6000): Promise<void> {
  await bench.load.run({ kind: "json", flavour, port, tag: "warm-up", connections: 32, requests });
}

/** Enough requests that a tick of 10 ms, the CPU clock's worst grain, is small against the whole. */
const loads = [
  { connections: 1, requests: 1000 },
  { connections: 32, requests: 4000 },
  { connections: 256, requests: 6000 },
];
