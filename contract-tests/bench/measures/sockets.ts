import { setTimeout as sleep } from "node:timers/promises";
import { settledRssKilobytes } from "../process-usage.ts";
import type { Bench } from "./bench.ts";
import { warmUpJson } from "./json.ts";
import { untilStartIsSettled } from "./settled-start.ts";

/** What a WebSocket costs in memory while nothing comes. The reference has none. The gateway is fresh for it, as for the idle streams. */
export async function measureSockets(bench: Bench): Promise<void> {
  const server = await bench.startGateway();
  const { pid, port } = server;
  await untilStartIsSettled(server);
  await warmUpJson(bench, server, 500);
  await bench.load.run({ kind: "sockets-open", port, sockets: 100 });
  await bench.load.run({ kind: "idle-close", port });
  await sleep(pauseMs);
  const before = await settledRssKilobytes(pid);
  await bench.load.run({ kind: "sockets-open", port, sockets });
  await sleep(pauseMs);
  const after = await settledRssKilobytes(pid);
  await bench.load.run({ kind: "idle-close", port });

  const group = `${sockets} open WebSockets`;
  bench.figures.record({ id: "sockets/per-socket", group, label: "RSS per socket", unit: "KB" }, "gateway", (after - before) / sockets);
  bench.figures.record({ id: "sockets/before", group, label: "RSS before", unit: "MB" }, "gateway", before / 1024);
  bench.figures.record({ id: "sockets/after", group, label: "RSS with all open", unit: "MB" }, "gateway", after / 1024);
  await server.stop();
}

const sockets = 2000;
const pauseMs = 2000;
