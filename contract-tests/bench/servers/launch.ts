import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Lifetime } from "../lifetime.ts";
import { HttpConnection } from "../load/connection.ts";
import { type Flavour, get } from "../requests.ts";

/** A server that is measured, in a process of its own. */
export interface Server {
  /** Which column of the table it fills. Not always its flavour: the reference can be measured against itself. */
  side: Flavour;
  flavour: Flavour;
  port: number;
  pid: number;
  /** Where its files are. */
  folder: string;
  /** `performance.now()` just before it was spawned. */
  spawnedAt: number;
  /** Polls until a GET of the path answers 200; fails when the process ends or half a minute is over. */
  answers(path: string): Promise<void>;
  /** SIGTERM first; answers whether it went by itself within the grace. */
  stop(graceMs?: number): Promise<boolean>;
}

export interface Launch {
  flavour: Flavour;
  /** Node's own options, script and arguments, for a given port. */
  command: (port: number) => string[];
  /** The whole environment: nothing of the caller's own settings or keys reaches a server under test. */
  env: Record<string, string>;
  /** Where its output goes. */
  folder: string;
}

export async function launch(lifetime: Lifetime, { flavour, command, env, folder }: Launch): Promise<Server> {
  const port = await freePort();
  const outputFile = join(folder, "output.log");
  const output = openSync(outputFile, "a");
  const spawnedAt = performance.now();
  const child = spawn(process.execPath, command(port), { env, stdio: ["ignore", output, output], detached: true });
  lifetime.adopt(child);
  closeSync(output);
  return {
    side: flavour,
    flavour,
    port,
    pid: child.pid ?? 0,
    folder,
    spawnedAt,
    async answers(path) {
      const deadline = performance.now() + 30_000;
      while (!(await answersOk(port, path))) {
        const ended = child.exitCode ?? child.signalCode;
        if (ended !== null || performance.now() > deadline) {
          const what = ended === null ? `did not answer ${path} with 200 in time` : `ended (${ended})`;
          throw new Error(`the ${flavour} ${what}; it said:\n${readFileSync(outputFile, "utf8").slice(-2000)}`);
        }
        await sleep(5);
      }
    },
    stop: (graceMs = 5000) => lifetime.end(child, graceMs),
  };
}

/** The part of the environment that every process gets. */
export function baseEnv(folder: string): Record<string, string> {
  return { PATH: process.env["PATH"] ?? "", HOME: folder, TMPDIR: folder, NODE_ENV: "production" };
}

async function answersOk(port: number, path: string): Promise<boolean> {
  try {
    const connection = await HttpConnection.open(port);
    try {
      return (await connection.exchange(get(port, path), () => {})) === 200;
    } finally {
      connection.close();
    }
  } catch {
    return false;
  }
}

/** Somebody else could take the port before the server does; on loopback, within a millisecond, that is a small risk. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
