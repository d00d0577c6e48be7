import { streamedTurn } from "../requests.ts";
import { eventsPerStream } from "../servers/completions.ts";
import { HttpConnection } from "./connection.ts";
import { EventCounter } from "./event-counter.ts";
import type { Job } from "./jobs.ts";

/** Streams read to their end, so many at once; answers each one's milliseconds from request to first event. */
export async function runStreamedTurns(job: Job & { kind: "sse" }): Promise<number[]> {
  const { flavour, port, tag, streams, atOnce } = job;
  const connections = await Promise.all(Array.from({ length: atOnce }, () => HttpConnection.open(port)));
  const latencies: number[] = [];
  let started = 0;
  const run = async (connection: HttpConnection): Promise<void> => {
    while (started < streams) {
      const request = streamedTurn(flavour, port, `bench-${tag}-${started++}`);
      const events = new EventCounter();
      let first = 0;
      let end = "";
      const before = performance.now();
      const status = await connection.exchange(request, (text) => {
        if (events.add(text) > 0 && first === 0) first = performance.now();
        end = text.length < 200 ? (end + text).slice(-200) : text.slice(-200);
      });
      latencies.push(first - before);
      if (status !== 200 || events.count !== eventsPerStream || !end.includes('"end"')) {
        throw new Error(`a stream answered ${status} with ${events.count} events instead of ${eventsPerStream}, the last of them: ${end}`);
      }
    }
  };
  try {
    await Promise.all(connections.map(run));
  } finally {
    for (const connection of connections) connection.close();
  }
  return latencies;
}
