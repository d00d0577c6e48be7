import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";

export interface Outcome {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** Runs `openclaw` as a script would: no terminal, and of this process's environment nothing but the path. */
export async function runOpenclaw(args: string[], env: Record<string, string>): Promise<Outcome> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "openclaw.ts"), ...args], { env: { PATH: process.env["PATH"], ...env }, stdio: ["ignore", "pipe", "pipe"] });
  const [stdout, stderr, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { stdout, stderr, status: status as number | null };
}
