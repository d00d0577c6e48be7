import { setTimeout as sleep } from "node:timers/promises";
import { settledRssKilobytes } from "../process-usage.ts";
import type { Server } from "../servers/launch.ts";
import type { Bench } from "./bench.ts";
import { warmUpJson } from "./json.ts";
import { untilStartIsSettled } from "./settled-start.ts";

/**
 * What an open stream costs in memory while nothing comes. Both servers are fresh for it: one that has worked before
 * has room in its heap where a thousand streams would disappear. They live side by side and are filled in turn, so that
 * the pauses, which are most of the time, are had once.
 */
export async function measureIdle(bench: Bench): Promise<void> {
  const servers = [await bench.startReference(), await bench.startGateway()];
  for (const server of servers) {
    await untilStartIsSettled(server);
    await warmUp(bench, server);
  }
  await sleep(pauseMs);
  const before = await Promise.all(servers.map(({ pid }) => settledRssKilobytes(pid)));
  for (const { flavour, port } of servers) await bench.load.run({ kind: "idle-open", flavour, port, streams });
  await sleep(pauseMs);
  const after = await Promise.all(servers.map(({ pid }) => settledRssKilobytes(pid)));

  for (const [index, { side, port }] of servers.entries()) {
    await bench.load.run({ kind: "idle-close", port });
    const group = `${streams} open idle streams`;
    const [rssBefore = Number.NaN, rssAfter = Number.NaN] = [before[index], after[index]];
    bench.figures.record({ id: "idle/per-stream", group, label: "RSS per stream", unit: "KB" }, side, (rssAfter - rssBefore) / streams);
    bench.figures.record({ id: "idle/before", group, label: "RSS before", unit: "MB" }, side, rssBefore / 1024);
    bench.figures.record({ id: "idle/after", group, label: "RSS with all open", unit: "MB" }, side, rssAfter / 1024);
  }
  // A run outlives the client that left it, and the mock upstream never finishes one: no use in waiting for a drain.
  await Promise.all(servers.map((server) => server.stop(500)));
}

/** Compiled code and the heap's first growth are not what a stream costs. */
async function warmUp(bench: Bench, server: Server): Promise<void> {
  const { flavour, port } = server;
  await warmUpJson(bench, server, 500);
  await bench.load.run({ kind: "idle-open", flavour, port, streams: 100 });
  await bench.load.run({ kind: "idle-close", port });
}

const streams = 1000;
const pauseMs = 2000;
