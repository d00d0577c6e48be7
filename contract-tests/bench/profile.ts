import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createLifetime } from "./lifetime.ts";
import type { Job } from "./load/jobs.ts";
import { startLoad } from "./load/load-process.ts";
import { readProfile, renderProfile } from "./self-time.ts";
import { startGateway } from "./servers/gateway.ts";
import { startReference } from "./servers/reference.ts";
import { startUpstream } from "./servers/upstream.ts";

/**
 * `node contract-tests/bench/profile.ts`: where the gateway's CPU time goes under load, as the functions and the parts
 * of the program with the most time of their own. `--load sse` looks at streams instead of JSON turns, `--self` at the
 * reference, `--top N` says how many functions, `--gateway FILE` which entry. Only the load's own time counts, neither
 * the start nor the warm-up.
 */
const { values: options } = parseArgs({
  options: {
    load: { type: "string", default: "json" },
    top: { type: "string", default: "40" },
    self: { type: "boolean", default: false },
    gateway: { type: "string", default: join(import.meta.dirname, "../../server/cli/openclaw.ts") },
  },
});

const lifetime = createLifetime();
try {
  await profile();
} catch (error) {
  console.error(`The profile was aborted: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 2;
} finally {
  lifetime.endAll();
}

async function profile(): Promise<void> {
  const folder = lifetime.folder();
  const nodeOptions = ["--cpu-prof", `--cpu-prof-dir=${folder}`];
  const upstream = await startUpstream(lifetime);
  const load = startLoad(lifetime);
  const server = options.self
    ? await startReference(lifetime, upstream.port, nodeOptions)
    : await startGateway(lifetime, { entry: options.gateway, upstreamPort: upstream.port, nodeOptions });
  await server.answers("/readyz");
  const { flavour, port } = server;

  const job = (tag: string, size: number): Job =>
    options.load === "sse"
      ? { kind: "sse", flavour, port, tag, streams: size, atOnce: 20 }
      : { kind: "json", flavour, port, tag, connections: 32, requests: size * 10 };
  await load.run(job("warm-up", 300));
  const from = monotonicMicros();
  await load.run(job("profile", 800));
  const to = monotonicMicros();

  // The profile is written when the process exits by itself.
  if (!(await server.stop(40_000))) throw new Error("the server did not end after SIGTERM, so there is no profile");
  const file = readdirSync(folder).find((name) => name.endsWith(".cpuprofile"));
  if (file === undefined) throw new Error("the server wrote no profile: it did not exit by itself");
  console.log(renderProfile(readProfile(readFileSync(join(folder, file), "utf8"), from, to), Number(options.top)));
}

/** V8 dates its samples by this same clock. */
function monotonicMicros(): number {
  return Number(process.hrtime.bigint() / 1000n);
}
