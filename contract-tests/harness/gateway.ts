import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Logger } from "pino";
import type { ComposeOptions } from "../../server/compose.ts";
import { createAnswerCheck } from "../../server/http/check-answer.ts";
import { createLogTo } from "../../server/log.ts";
import { createRingStore } from "../../server/logs/ring-store.ts";
import type { LogStore } from "../../server/logs/log-store.ts";
import { startGateway, type RunningGateway } from "../../server/main.ts";
import { loadSettings } from "../../server/settings/load-settings.ts";
import { secretsOf } from "../../server/settings/redact.ts";
import { createSecretMask } from "../../server/secrets.ts";
import type { Settings } from "../../server/settings/settings.ts";

/** The owner's token of every test gateway. */
export const ownerToken = "oc_tok_owner_of_the_test_gateway";

/** A key in the agents edition's place, and keys with limits, for tests of what a key may do. */
export const agentsToken = "sk-openclaw-agents-edition-key";
export const teamToken = "oclaw_live_team_workspace_only";
export const readOnlyToken = "oc_tok_read_scope_only";

const ownGateway = { auth: { enabled: true, token: ownerToken }, apiKeys: [agentsToken] };

/** As `settings.gateway`: requests come from where their `X-Forwarded-For` says. */
export const gatewayBehindProxy = { ...ownGateway, trustedProxies: ["127.0.0.1"] };

export interface TestGatewayOptions {
  /** Merged over the harness's settings, one section at a time. */
  settings?: Record<string, unknown>;
  env?: Record<string, string>;
  runs?: NonNullable<ComposeOptions["runs"]>;
  sockets?: NonNullable<ComposeOptions["sockets"]>;
  embeddedDelayMs?: number;
  now?: () => number;
  /** A folder that outlives the gateway, to start another on it. */
  stateDir?: string;
  settingsIntervalMs?: number;
  /** Default one to `logStore`. */
  log?: Logger;
  connectors?: NonNullable<ComposeOptions["connectors"]>;
  /** Default the last lines in memory. */
  logStore?: LogStore;
  /** Said, the gateway is not told where its settings come from. */
  source?: undefined;
}

export interface TestGateway {
  url: string;
  running: RunningGateway;
  /** What it was started with. */
  settings: Settings;
  stateDir: string;
  /** Answers and events that the contract does not have. `close` throws when there are any. */
  violations: string[];
  /** Calls the gateway as the owner, unless told otherwise. */
  call(path: string, init?: RequestInit & { token?: string | null; json?: unknown }): Promise<Response>;
  close(): Promise<void>;
}

/** A gateway in this process, on a port of its own, with a state folder of its own; every answer is checked against the contract. */
export async function startTestGateway({ settings = {}, env = {}, stateDir, logStore = createRingStore(), ...options }: TestGatewayOptions = {}): Promise<TestGateway> {
  const folder = stateDir ?? (await mkdtemp(join(tmpdir(), "openclaw-test-")));
  const file = join(folder, "settings.json");
  await writeFile(file, JSON.stringify({ ...baseSettings(), ...settings }));
  const { settings: loaded, source } = await loadSettings({ argv: { config: file, port: 0 }, env: { OPENCLAW_STATE_DIR: folder, ...env }, homeDir: folder });
  const violations: string[] = [];
  const mask = createSecretMask(secretsOf(loaded));
  const log = createLogTo(logStore, { level: loaded.logging.level, mask });
  const running = await startGateway(loaded, { log, logStore, mask, checkAnswer: createAnswerCheck(violations), source, env: { ...process.env, ...env }, ...options });
  return {
    url: running.url,
    running,
    settings: loaded,
    stateDir: folder,
    violations,
    call(path, { token = ownerToken, json, headers, ...init } = {}) {
      const all = new Headers(headers);
      if (token !== null) all.set("Authorization", `Bearer ${token}`);
      if (json === undefined) return fetch(running.url + path, { ...init, headers: all });
      all.set("Content-Type", "application/json");
      return fetch(running.url + path, { method: "POST", ...init, headers: all, body: JSON.stringify(json) });
    },
    async close() {
      await running.stop(0);
      if (!stateDir) await rm(folder, { recursive: true, force: true });
      if (violations.length > 0) throw new Error(`answers off the contract:\n${violations.join("\n")}`);
    },
  };
}

function baseSettings() {
  return {
    gateway: ownGateway,
    api: {
      keys: [{ key: teamToken, label: "Team only", workspaces: ["team"] }],
      auth: { tokens: [{ name: "reader", token: readOnlyToken, scope: ["read"] }] },
    },
    agents: {
      default: "main",
      list: [
        { id: "main", name: "Main", tools: ["read", "calculate"] },
        { id: "my-agent", name: "My agent", tools: ["calculate"] },
      ],
    },
  };
}
