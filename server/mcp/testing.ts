import { fileURLToPath } from "node:url";
import pino from "pino";
import type { McpServerSettings } from "../settings/settings.ts";
import { createSecretMask } from "../secrets.ts";
import { createMcp, type Mcp, type McpOptions } from "./service.ts";

export const everythingProgram = fileURLToPath(import.meta.resolve("@modelcontextprotocol/server-everything/dist/index.js"));

/** The settings of a program of Node's. */
export function nodeServer(file: string, ...args: string[]): McpServerSettings & { transport: "stdio" } {
  return { enabled: true, transport: "stdio", command: process.execPath, args: [file, ...args], env: {} };
}

export const oddServer = (...args: string[]) => nodeServer(fileURLToPath(new URL("./fixtures/odd-server.ts", import.meta.url)), ...args);

export interface TestMcp {
  mcp: Mcp;
  /** What was logged, as objects. */
  logged: { mcpServer?: string; line?: string; tool?: string; reason?: string }[];
  /** The attempts that wait for their time. */
  waiting: { delayMs: number; run(): void }[];
  /** What its clock shows, in milliseconds. */
  clock: { now: number };
}

/** MCP with a clock that stands still: nothing is tried again until the test says so. */
export function createTestMcp(options: Partial<McpOptions> = {}): TestMcp {
  const logged: TestMcp["logged"] = [];
  const waiting: TestMcp["waiting"] = [];
  const clock = { now: 0 };
  const mcp = createMcp({
    version: "1.0.0",
    log: pino({ level: "debug" }, { write: (line) => void logged.push(JSON.parse(line) as TestMcp["logged"][number]) }),
    hideSecrets: createSecretMask(["SENTINEL-token"]).hide,
    now: () => clock.now,
    random: () => 1,
    schedule(callback, delayMs) {
      const attempt = {
        delayMs,
        run() {
          waiting.splice(waiting.indexOf(attempt), 1);
          callback();
        },
      };
      waiting.push(attempt);
      return () => waiting.splice(waiting.indexOf(attempt), 1);
    },
    ...options,
  });
  return { mcp, logged, waiting, clock };
}
