import { get } from "../requests.ts";
import { HttpConnection } from "./connection.ts";
import type { Job } from "./jobs.ts";

/** The same GET on a number of connections, each always busy; answers each one's milliseconds. */
export async function runGets({ port, path, connections: count, requests }: Job & { kind: "get" }): Promise<number[]> {
  const connections = await Promise.all(Array.from({ length: count }, () => HttpConnection.open(port)));
  const request = get(port, path);
  const latencies: number[] = [];
  let started = 0;
  const run = async (connection: HttpConnection): Promise<void> => {
    while (started < requests) {
      started++;
      const before = performance.now();
      const status = await connection.exchange(request, () => {});
      latencies.push(performance.now() - before);
      if (status !== 200) throw new Error(`GET ${path} answered ${status}`);
    }
  };
  try {
    await Promise.all(connections.map(run));
  } finally {
    for (const connection of connections) connection.close();
  }
  return latencies;
}
