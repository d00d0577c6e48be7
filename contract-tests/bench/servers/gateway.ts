import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
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
  /** For Node itself, such as `--cpu-prof`. */
  nodeOptions?: readonly string[];
}

/** Node's options as `npm start` gives them. */
const userOptions = /^node ((?:--\S+ )*)/.exec((JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8")) as { scripts: { start: string } }).scripts.start)?.[1]?.trim().split(" ").filter(Boolean) ?? [];

/** Spawns it and returns at once: `answers` tells when it is up. */
export async function startGateway(lifetime: Lifetime, { entry, upstreamPort, nodeOptions = [] }: GatewayOptions): Promise<Server> {
  const folder = lifetime.folder();
  const config = join(folder, "openclaw.json5");
  writeFileSync(config, JSON.stringify(settings(upstreamPort), null, 2), { mode: 0o600 });
  return launch(lifetime, {
    flavour: "gateway",
    command: (port) => [...userOptions, ...nodeOptions, entry, "start", "--port", String(port), "--config", config],
    env: { ...baseEnv(folder), OPENCLAW_STATE_DIR: join(folder, "state") },
    folder,
  });
}

function settings(upstreamPort: number | undefined): object {
  // Limits are on and count every request, but nobody meets them.
  const unreachable = { windowMs: 60_000, maxRequests: 1e9 };
  return {
    gateway: { auth: { enabled: true, token } },
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
