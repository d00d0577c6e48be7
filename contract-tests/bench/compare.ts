import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { createLifetime } from "./lifetime.ts";
import { startLoad } from "./load/load-process.ts";
import { cpuMicros } from "./process-usage.ts";
import { startGateway } from "./servers/gateway.ts";
import { startReference } from "./servers/reference.ts";
import type { Server } from "./servers/launch.ts";
import { startUpstream } from "./servers/upstream.ts";
import { median } from "./statistics.ts";

/**
 * `node contract-tests/bench/compare.ts ENTRY…`: the CPU of a JSON turn, µs, of several states of the code beside the
 * reference's. All are up at once and are asked in turn, some thousand turns each, many times over: so a machine that
 * others use too is as slow for one as for the next. An entry is `server/cli/openclaw.ts` of some checkout; default this
 * one's. `--slices N` says how often each has its turn, `--connections N` how many turns there are at once.
 */
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { slices: { type: "string", default: "12" }, connections: { type: "string", default: "32" }, requests: { type: "string", default: "2000" } },
});
const entries = positionals.length > 0 ? positionals.map((entry) => resolve(entry)) : [join(import.meta.dirname, "../../server/cli/openclaw.ts")];
const [slices, connections, requests] = [Number(options.slices), Number(options.connections), Number(options.requests)];

const lifetime = createLifetime();
try {
  await compare();
} finally {
  lifetime.endAll();
}

async function compare(): Promise<void> {
  const upstream = await startUpstream(lifetime);
  const load = startLoad(lifetime);
  const servers: { name: string; server: Server; cpu: number[]; p50: number[] }[] = [];
  const add = (name: string, server: Server) => servers.push({ name, server, cpu: [], p50: [] });
  add("reference", await startReference(lifetime, upstream.port));
  for (const entry of entries) add(entry, await startGateway(lifetime, { entry, upstreamPort: upstream.port }));

  const turns = ({ flavour, port }: Server, tag: string, count: number) => load.run({ kind: "json", flavour, port, tag, connections, requests: count });
  for (const { server } of servers) {
    await server.answers("/readyz");
    await turns(server, "warm-up", 6000);
  }
  for (let slice = 0; slice < slices; slice++) {
    for (const { server, cpu, p50 } of servers) {
      const before = cpuMicros(server.pid);
      const { latencies } = await turns(server, `slice-${slice}`, requests);
      cpu.push((cpuMicros(server.pid) - before) / requests);
      p50.push(latencies.p50);
    }
  }
  const [{ cpu: bare }] = servers as [(typeof servers)[0]];
  for (const { name, cpu, p50 } of servers) {
    const ratio = median(cpu.map((value, slice) => value / bare[slice]!));
    console.log(`${median(cpu).toFixed(0).padStart(5)} µs  ${ratio.toFixed(2).padStart(5)} ×  p50 ${median(p50).toFixed(1).padStart(5)} ms  ${name}`);
  }
}
