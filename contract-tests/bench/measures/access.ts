import { storeKeys } from "../servers/gateway.ts";
import type { Server } from "../servers/launch.ts";
import type { Bench } from "./bench.ts";
import { warmUpJson } from "./json.ts";
import { measureJob } from "./measured-job.ts";

/**
 * What it costs to let a request in: its key, its permission, its limits. By the difference of two GETs that answer a few
 * words each, one for a key and one for everybody; so what the first one's handler does more is counted as well.
 */
export async function measureAccess(bench: Bench, rounds: number): Promise<void> {
  const [few, many] = [await start(bench, 10), await start(bench, 10_000)];
  for (let round = 1; round <= rounds; round++) {
    bench.progress(`round ${round}: access`);
    const open = await cpuOfGet(bench, few, openPath);
    const guarded = await cpuOfGet(bench, few, guardedPath);
    const guardedByMany = await cpuOfGet(bench, many, guardedPath);
    const turns = { kind: "json", flavour: few.flavour, port: few.port, tag: `access-${round}`, connections: 32, requests: 4000 } as const;
    const turn = (await measureJob(bench, few, turns)).cpuMicros / turns.requests;
    record(bench, "share", "of a JSON turn (beside it)", guarded - open, turn);
    record(bench, "keys", "GET by one of 10,000 keys (of 10)", guardedByMany, guarded);
  }
  for (const server of [few, many]) await server.stop();
}

const openPath = "/livez";
const guardedPath = "/api/v1/agents/main";

async function start(bench: Bench, keys: number): Promise<Server> {
  const server = await bench.startGateway("stored-key");
  await server.answers("/readyz");
  storeKeys(server, keys);
  bench.progress(`warm-up: ${keys} keys`);
  await warmUpJson(bench, server);
  for (const path of [openPath, guardedPath]) await cpuOfGet(bench, server, path);
  return server;
}

async function cpuOfGet(bench: Bench, server: Server, path: string): Promise<number> {
  const requests = 10_000;
  return (await measureJob(bench, server, { kind: "get", port: server.port, path, connections: 32, requests })).cpuMicros / requests;
}

/** Both sides are the gateway's own: the second column has what the first is compared with. */
function record(bench: Bench, id: string, label: string, value: number, beside: number): void {
  const name = { id: `access/${id}`, group: "Access: key, permission, limits", label, unit: "µs" };
  bench.figures.record(name, "gateway", value);
  bench.figures.record(name, "reference", beside);
}
