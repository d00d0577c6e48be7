import { percentile } from "../statistics.ts";
import { runGets } from "./gets.ts";
import { openIdleSockets } from "./idle-sockets.ts";
import { type IdleStreams, openIdleStreams } from "./idle-streams.ts";
import type { Job, JobReply } from "./jobs.ts";
import { runJsonTurns } from "./json-turns.ts";
import { runStreamedTurns } from "./streamed-turns.ts";

/** A process: the load generator. It does one job at a time, as the harness sends them. */
process.on("message", (job: Job) => {
  run(job).then(reply, (error: unknown) => reply({ failure: error instanceof Error ? error.message : String(error) }));
});
process.on("disconnect", () => process.exit());

const idle = new Map<number, IdleStreams>();

async function run(job: Job): Promise<JobReply> {
  const cpuBefore = process.cpuUsage();
  const before = performance.now();
  const latencies = await perform(job);
  const durationMs = performance.now() - before;
  const cpu = process.cpuUsage(cpuBefore);
  return {
    result: {
      durationMs,
      latencies: { p50: percentile(latencies, 50), p99: percentile(latencies, 99) },
      loadCpuMicros: cpu.user + cpu.system,
    },
  };
}

async function perform(job: Job): Promise<number[]> {
  switch (job.kind) {
    case "json":
      return runJsonTurns(job);
    case "get":
      return runGets(job);
    case "sse":
      return runStreamedTurns(job);
    case "idle-open":
      idle.set(job.port, await openIdleStreams(job.flavour, job.port, job.streams));
      return [];
    case "sockets-open":
      idle.set(job.port, await openIdleSockets(job.port, job.sockets));
      return [];
    case "idle-close":
      idle.get(job.port)?.close();
      idle.delete(job.port);
      return [];
  }
}

function reply(message: JobReply): void {
  process.send?.(message);
}
