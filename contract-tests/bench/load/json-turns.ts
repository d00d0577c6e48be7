import { jsonTurn, turnsPerSession } from "../requests.ts";
import { HttpConnection } from "./connection.ts";
import type { Job } from "./jobs.ts";

/** Turns on a number of connections, each always busy and with sessions of its own; answers each turn's milliseconds. */
export async function runJsonTurns(job: Job & { kind: "json" }): Promise<number[]> {
  const { flavour, port, tag, requests } = job;
  const connections = await Promise.all(Array.from({ length: job.connections }, () => HttpConnection.open(port)));
  const latencies: number[] = [];
  let started = 0;
  const run = async (connection: HttpConnection, index: number): Promise<void> => {
    for (let turn = 0; started < requests; turn++) {
      started++;
      const session = `bench-${tag}-${index}-${Math.floor(turn / turnsPerSession)}`;
      const request = jsonTurn(flavour, port, session, turn % turnsPerSession);
      let body = "";
      const before = performance.now();
      const status = await connection.exchange(request, (text) => (body += text));
      latencies.push(performance.now() - before);
      // The upstream's own words: an answer without them was not made by a turn.
      if (status !== 200 || !body.includes("Zero-delay answer")) throw new Error(`a JSON turn answered ${status}: ${body.slice(0, 400)}`);
    }
  };
  try {
    await Promise.all(connections.map(run));
  } finally {
    for (const connection of connections) connection.close();
  }
  return latencies;
}
