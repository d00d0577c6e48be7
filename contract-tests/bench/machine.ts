import { readFileSync } from "node:fs";
import { cpus, loadavg, release, totalmem } from "node:os";
import type { Measure } from "./options.ts";

export interface Machine {
  cpus: number;
  cpuModel: string;
  memoryGigabytes: number;
  kernel: string;
  node: string;
  /** Over the last minute, before the bench began: well above 0 means that somebody else is at work. */
  loadAverage: number;
}

export function machineFacts(): Machine {
  const processors = cpus();
  return {
    cpus: processors.length,
    cpuModel: processors[0]?.model.trim() ?? "unknown",
    memoryGigabytes: Math.round(totalmem() / 1024 ** 3),
    kernel: release(),
    node: process.version,
    loadAverage: loadavg()[0] ?? 0,
  };
}

/** Fails early, and says what to do, where the bench could only end in strange errors. */
export function requireMachine(only: readonly Measure[]): void {
  if (process.platform !== "linux") throw new Error("the bench reads /proc and so runs on Linux only");
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < 24 || (major === 24 && minor < 16)) throw new Error(`the bench wants Node 24.16 or newer, not ${process.version}: run it with \`npm run bench\``);
  // Node raises its own soft limit to the hard one at its start, and each child does the same.
  const hard = /^Max open files\s+\S+\s+(\S+)/m.exec(readFileSync("/proc/self/limits", "latin1"))?.[1] ?? "0";
  if (only.includes("idle") && hard !== "unlimited" && Number(hard) < filesNeeded) {
    throw new Error(`1,000 open streams want ${filesNeeded} open files a process, and only ${hard} are allowed: \`ulimit -Hn ${filesNeeded}\` as root, or run with --only json,sse,start`);
  }
}

/** Each of the thousand streams is two sockets in a server; the load process and the upstream hold those of two servers. */
const filesNeeded = 4096;
