import { join } from "node:path";
import { forkWorker } from "../fork-worker.ts";
import type { Lifetime } from "../lifetime.ts";

/** The mock upstream, running. */
export interface Upstream {
  port: number;
  pid: number;
  /** What was asked of it since it started; the difference over a measure shows what a server really sent. */
  asked(): Promise<UpstreamCount>;
}

export interface UpstreamCount {
  requests: number;
  bytes: number;
}

export async function startUpstream(lifetime: Lifetime): Promise<Upstream> {
  const worker = forkWorker(lifetime, join(import.meta.dirname, "mock-upstream.ts"));
  const { port } = await worker.next<{ port: number }>();
  return {
    port,
    pid: worker.pid,
    asked() {
      const count = worker.next<UpstreamCount>();
      worker.send({});
      return count;
    },
  };
}
