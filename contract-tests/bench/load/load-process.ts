import { join } from "node:path";
import { forkWorker } from "../fork-worker.ts";
import type { Lifetime } from "../lifetime.ts";
import type { Job, JobReply, JobResult } from "./jobs.ts";

/** The load generator, running in a process of its own. */
export interface Load {
  pid: number;
  /** One job at a time; a failed job is a thrown error with what went wrong. */
  run(job: Job): Promise<JobResult>;
}

export function startLoad(lifetime: Lifetime): Load {
  const worker = forkWorker(lifetime, join(import.meta.dirname, "load.ts"));
  return {
    pid: worker.pid,
    async run(job) {
      const reply = worker.next<JobReply>();
      worker.send(job);
      const answered = await reply;
      if ("failure" in answered) throw new Error(`${job.kind} on port ${job.port}: ${answered.failure}`);
      return answered.result;
    },
  };
}
