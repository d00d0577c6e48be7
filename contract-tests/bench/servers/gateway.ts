import { hash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Lifetime } from "../lifetime.ts";
import { token } from "../requests.ts";
import { baseEnv, launch, type Server } from "./launch.ts";

/**
 * The gateway as a user starts it: from its command line, with a config file and an empty state folder, and with the
 * logging it has by itself. Without an upstream the embedded model answers.
 */
export interface GatewayOptions {
  /** The command-line entry, `server/cli/openclaw.ts` of some checkout. */
  entry: string;
  upstreamPort?: number;
  /** Whether the load's key is one of those that the gateway stores, instead of one of its settings: see `storeKeys`. */
  hasStoredKey?: boolean;
  /** Default a new one. */
  stateDir?: string;
  /** For Node itself, such as `--cpu-prof`. */
  nodeOptions?: readonly string[];
}

/** Node's options as `npm start` gives them. */
const userOptions = /^node ((?:--\S+ )*)/.exec((JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8")) as { scripts: { start: string } }).scripts.start)?.[1]?.trim().split(" ").filter(Boolean) ?? [];

/** Spawns it and returns at once: `answers` tells when it is up. */
export async function startGateway(lifetime: Lifetime, { entry, upstreamPort, hasStoredKey = false, stateDir, nodeOptions = [] }: GatewayOptions): Promise<Server> {
  const folder = lifetime.folder();
  const config = join(folder, "openclaw.json5");
  writeFileSync(config, JSON.stringify(settings(upstreamPort, hasStoredKey), null, 2), { mode: 0o600 });
  return launch(lifetime, {
    flavour: "gateway",
    command: (port) => [...userOptions, ...nodeOptions, entry, "start", "--port", String(port), "--config", config],
    env: { ...baseEnv(folder), OPENCLAW_STATE_DIR: stateDir ?? join(folder, "state") },
    folder,
  });
}

/** Puts so many keys into the database of a gateway that is up; the load's is the one in the middle. */
export function storeKeys({ folder }: Server, count: number): void {
  const database = new DatabaseSync(join(folder, "state/openclaw.db"));
  const insert = database.prepare("INSERT INTO keys (id, hash, label, prefix, last_four, owner, rate_limit, created_at) VALUES (?, ?, 'bench', 'oc_tok_', 'ench', 0, ?, 0)");
  database.exec("BEGIN");
  for (let index = 0; index < count; index++) {
    const stored = index === Math.floor(count / 2) ? token : `bench-token-${index}`;
    insert.run(`key_bench_${index}`, hash("sha256", stored, "hex"), unreachable.maxRequests);
  }
  database.exec("COMMIT");
  database.close();
}

/** Limits are on and count every request, but nobody meets them. */
const unreachable = { windowMs: 60_000, maxRequests: 1e9 };

function settings(upstreamPort: number | undefined, hasStoredKey: boolean): object {
  return {
    // Not the owner's token, which has a limit of its own.
    gateway: { auth: { enabled: true }, ...(hasStoredKey ? {} : { apiKeys: [token] }) },
    api: { rateLimit: { global: unreachable, perToken: unreachable } },
    ...(upstreamPort !== undefined && {
      models: {
        default: "mock/mock-model",
        providers: {
          mock: {
            type: "openai",
            baseUrl: `http://127.0.0.1:${upstreamPort}/v1`,
            apiKey: "x",
            models: [{ id: "mock-model" }, { id: "idle" }],
          },
        },
      },
    }),
  };
}
