import { existsSync } from "node:fs";
import { createFigures } from "./figures.ts";
import { createLifetime } from "./lifetime.ts";
import { startLoad } from "./load/load-process.ts";
import { machineFacts, requireMachine } from "./machine.ts";
import { measureAccess } from "./measures/access.ts";
import type { Bench } from "./measures/bench.ts";
import { measureIdle } from "./measures/idle.ts";
import { measureJson, warmUpJson } from "./measures/json.ts";
import { measureMemory } from "./measures/memory.ts";
import { measureSockets } from "./measures/sockets.ts";
import { measureSse, warmUpSse } from "./measures/sse.ts";
import { measureStart } from "./measures/start.ts";
import { measureStats } from "./measures/stats.ts";
import { type Options, readOptions } from "./options.ts";
import { renderTable } from "./report.ts";
import { startGateway } from "./servers/gateway.ts";
import { startReference } from "./servers/reference.ts";
import type { Server } from "./servers/launch.ts";
import { startUpstream } from "./servers/upstream.ts";

/**
 * `npm run bench`: what the gateway costs, against the least that a gateway on the same stack could cost.
 * The README beside this file says what is measured and how to read it.
 */
const lifetime = createLifetime();
try {
  await run(readOptions(process.argv.slice(2)));
} catch (error) {
  // A wrong status or a wrong count of events: figures of a server that answers wrongly would be worth nothing.
  console.error(`The bench was aborted: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 2;
} finally {
  lifetime.endAll();
}

async function run({ rounds, only, json, check, self, entry }: Options): Promise<void> {
  requireMachine(only);
  if (!self && !existsSync(entry)) throw new Error(`there is no gateway at ${entry}; --self measures the reference against itself`);
  const machine = machineFacts();
  const notes = new Set<string>();
  const figures = createFigures();
  const upstream = await startUpstream(lifetime);
  const bench: Bench = {
    lifetime,
    upstream,
    load: startLoad(lifetime),
    figures,
    startReference: () => startReference(lifetime, upstream.port),
    startGateway: (kind, stateDir) => {
      if (self) return asGateway(startReference(lifetime, upstream.port));
      return startGateway(lifetime, {
        entry,
        ...(kind !== "embedded" && { upstreamPort: upstream.port, hasStoredKey: kind === "stored-key" }),
        ...(stateDir !== undefined && { stateDir }),
      });
    },
    progress: (text) => process.stderr.write(`${text}\n`),
    note: (text) => notes.add(text),
  };

  const began = performance.now();
  if (only.includes("json") || only.includes("sse")) await measureThroughput(bench, only, rounds);
  // The reference lets everybody in.
  if (only.includes("access") && !self) await measureAccess(bench, rounds);
  // These two start both servers afresh and wait more than they work; three rounds say what there is to say.
  for (let round = 1; round <= Math.min(rounds, 3); round++) {
    for (const [measure, run] of [["idle", measureIdle], ["start", measureStart]] as const) {
      if (!only.includes(measure)) continue;
      bench.progress(`round ${round}: ${measure}`);
      await run(bench);
    }
  }

  if (only.includes("sockets") && !self) {
    bench.progress("sockets");
    await measureSockets(bench);
  }

  if (only.includes("memory") && !self) {
    bench.progress("memory");
    await measureMemory(bench);
  }

  if (only.includes("stats") && !self) {
    bench.progress("stats");
    await measureStats(bench);
  }

  const summaries = figures.summaries();
  const missed = summaries.filter(({ met }) => met === false);
  if (json) {
    console.log(JSON.stringify({ machine, rounds, self, figures: summaries, notes: [...notes] }, null, 2));
  } else {
    const { cpus, cpuModel, memoryGigabytes, kernel, node, loadAverage } = machine;
    console.log(`${cpus} × ${cpuModel}, ${memoryGigabytes} GB, Linux ${kernel}, Node ${node}; load average before: ${loadAverage.toFixed(2)}`);
    console.log(`${rounds} rounds in ${((performance.now() - began) / 1000).toFixed(0)} s; medians, and the median and range of the rounds' ratios\n`);
    console.log(renderTable(summaries, self ? "itself" : "gateway"));
    for (const note of notes) console.log(`\n${note}`);
    console.log(missed.length === 0 ? "\nEvery target is met." : `\n${missed.length} targets are missed.`);
  }
  if (check && missed.length > 0) process.exitCode = 1;
}

async function asGateway(reference: Promise<Server>): Promise<Server> {
  return { ...(await reference), side: "gateway" };
}

/** Reference and gateway in turn, round by round, on servers that live through all of them. */
async function measureThroughput(bench: Bench, only: Options["only"], rounds: number): Promise<void> {
  const servers = [await bench.startReference(), await bench.startGateway()];
  for (const server of servers) {
    await server.answers("/readyz");
    bench.progress(`warm-up: ${server.side}`);
    if (only.includes("json")) await warmUpJson(bench, server);
    if (only.includes("sse")) await warmUpSse(bench, server);
  }
  for (let round = 1; round <= rounds; round++) {
    for (const server of servers) {
      bench.progress(`round ${round}: ${server.side}`);
      if (only.includes("json")) await measureJson(bench, server, round);
      if (only.includes("sse")) await measureSse(bench, server, round);
    }
  }
  for (const server of servers) {
    if (!(await server.stop())) bench.note(`The ${server.side} did not end within 5 s of SIGTERM.`);
  }
}
