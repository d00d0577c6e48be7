import { setTimeout as sleep } from "node:timers/promises";
import { HttpConnection } from "../load/connection.ts";
import { rssKilobytes } from "../process-usage.ts";
import { jsonTurn } from "../requests.ts";
import type { Server } from "../servers/launch.ts";
import type { Bench } from "./bench.ts";

/**
 * From spawn to a turn's first answer, and what the process then weighs at rest. The gateway answers with its embedded
 * model, as after an installation without any settings; the reference has none and asks the upstream.
 */
export async function measureStart(bench: Bench): Promise<void> {
  const servers: Server[] = [];
  for (const start of [() => bench.startReference(), () => bench.startGateway("embedded")]) {
    const server = await start();
    servers.push(server);
    await server.answers("/health");
    record(bench, server, "health", "spawn to GET /health", "ms", performance.now() - server.spawnedAt);
    await firstTurn(server);
    record(bench, server, "answer", "spawn to first turn's answer", "ms", performance.now() - server.spawnedAt);
  }
  for (const server of servers) {
    await sleep(Math.max(0, server.spawnedAt + idleAfterMs - performance.now()));
    record(bench, server, "idle-rss", `RSS ${idleAfterMs / 1000} s after start`, "MB", rssKilobytes(server.pid) / 1024);
  }
  for (const server of servers) {
    if (!(await server.stop())) bench.note(`The ${server.side} did not end within 5 s of SIGTERM.`);
  }
}

const idleAfterMs = 5000;

function record(bench: Bench, server: Server, id: string, label: string, unit: string, value: number): void {
  bench.figures.record({ id: `start/${id}`, group: "Start", label, unit }, server.side, value);
}

async function firstTurn({ flavour, port }: Server): Promise<void> {
  const connection = await HttpConnection.open(port);
  let body = "";
  const status = await connection.exchange(jsonTurn(flavour, port, "bench-start", 0), (text) => (body += text));
  connection.close();
  if (status !== 200) throw new Error(`the first turn of the ${flavour} answered ${status}: ${body.slice(0, 400)}`);
}
