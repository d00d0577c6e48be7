import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { FakeUpstream } from "../fakes/upstream-server.ts";

/** The command line as a user has it who has this repository. */
const fromSource: Program = [process.execPath, join(import.meta.dirname, "../../server/cli/openclaw.ts")];

/** A program and its first arguments. */
export type Program = readonly [string, ...string[]];

/** How a process ended. */
export interface Exit {
  /** Null when a signal ended it. */
  status: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** `openclaw` in a process of its own. It does not outlive the test. */
export interface CliProcess {
  readonly pid: number;
  readonly stdout: string;
  readonly stderr: string;
  kill(signal: NodeJS.Signals): void;
  exit: Promise<Exit>;
  /** Resolves with the match once standard output has one. Rejects when the process ends before. */
  untilSaid(pattern: RegExp): Promise<RegExpExecArray>;
}

/** Runs `openclaw` with nothing of this process's environment but what is given. */
export function openclaw(args: readonly string[], env: Record<string, string>, [program, ...first] = fromSource): CliProcess {
  const child = spawn(program, [...first, ...args], { env: { PATH: process.env["PATH"], ...env }, stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await exit;
  });
  let stdout = "";
  let stderr = "";
  const waiting = new Set<() => void>();
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    for (const check of waiting) check();
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const exit = once(child, "close").then(([status, signal]): Exit => ({ status: status as number | null, signal: signal as NodeJS.Signals | null, stdout, stderr }));
  return {
    pid: child.pid ?? 0,
    get stdout() {
      return stdout;
    },
    get stderr() {
      return stderr;
    },
    kill: (signal) => void child.kill(signal),
    exit,
    untilSaid: (pattern) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          const match = pattern.exec(stdout);
          if (!match) return;
          waiting.delete(check);
          resolve(match);
        };
        waiting.add(check);
        check();
        void exit.then(({ status, signal }) => reject(new Error(`openclaw ended (${status ?? signal}) without saying ${pattern}:\n${stdout}\n${stderr}`)));
      }),
  };
}

/** A folder for state and settings. It does not outlive the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "openclaw-process-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export const ownerToken = "oc_tok_owner_of_the_process_tests";

/** Settings with the fake as the only provider; its model is known without asking for the list. */
export function settingsFor(upstream: FakeUpstream): object {
  return {
    gateway: { auth: { enabled: true, token: ownerToken } },
    models: { default: "fake/gpt-5-mini", providers: { fake: { type: "openai", baseUrl: upstream.url, apiKey: "x", models: [{ id: "gpt-5-mini" }] } } },
  };
}

export interface GatewayProcess {
  cli: CliProcess;
  url: string;
  port: number;
  /** Calls it with the owner's token, unless told otherwise. */
  call(path: string, init?: RequestInit & { token?: string; json?: unknown }): Promise<Response>;
}

/**
 * Starts the gateway as a user does, on a port of the system's choice, and waits until it says where it listens.
 * `settings` null leaves it to its defaults.
 */
export async function startGatewayProcess({ folder, settings, env = {}, program }: { folder: string; settings: object | null; env?: Record<string, string>; program?: Program }): Promise<GatewayProcess> {
  const file = join(folder, "settings.json");
  if (settings) writeFileSync(file, JSON.stringify(settings));
  const cli = openclaw(["start", "--port", "0", ...(settings ? ["--config", file] : [])], { HOME: folder, OPENCLAW_STATE_DIR: join(folder, "state"), ...env }, program);
  const [, url = ""] = await cli.untilSaid(/Listening +(http:\S+)\n/);
  // What else it says at the start ends with this line.
  await cli.untilSaid(/openclaw chat .*\n/);
  return {
    cli,
    url,
    port: Number(new URL(url).port),
    call(path, { token = ownerToken, json, headers, ...init } = {}) {
      const all = new Headers(headers);
      all.set("Authorization", `Bearer ${token}`);
      if (json === undefined) return fetch(url + path, { ...init, headers: all });
      all.set("Content-Type", "application/json");
      return fetch(url + path, { method: "POST", ...init, headers: all, body: JSON.stringify(json) });
    },
  };
}
