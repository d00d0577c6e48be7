import { setTimeout as sleep } from "node:timers/promises";
import type { Job, JobResult } from "../load/jobs.ts";
import { cpuMicros, rssKilobytes } from "../process-usage.ts";
import type { Server } from "../servers/launch.ts";
import type { UpstreamCount } from "../servers/upstream.ts";
import type { Bench } from "./bench.ts";

/** A job's result with what the server spent on it and what it asked of the upstream. */
export interface MeasuredJob extends JobResult {
  cpuMicros: number;
  rssMegabytes: number;
  upstream: UpstreamCount;
}

export async function measureJob(bench: Bench, server: Server, job: Job): Promise<MeasuredJob> {
  const askedBefore = await bench.upstream.asked();
  await settle();
  const cpuBefore = cpuMicros(server.pid);
  const result = await bench.load.run(job);
  await settle();
  const cpu = cpuMicros(server.pid) - cpuBefore;
  const asked = await bench.upstream.asked();
  return {
    ...result,
    cpuMicros: cpu,
    rssMegabytes: rssKilobytes(server.pid) / 1024,
    upstream: { requests: asked.requests - askedBefore.requests, bytes: asked.bytes - askedBefore.bytes },
  };
}

/** Work put off past the last answer (a log's flush, a checkpoint) belongs to the job that caused it. */
function settle(): Promise<void> {
  return sleep(100);
}
