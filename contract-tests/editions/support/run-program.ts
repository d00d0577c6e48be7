import { spawn } from "node:child_process";

export interface ProgramRun {
  stdout: string;
  stderr: string;
  status: number;
}

export interface ProgramOptions {
  env?: Record<string, string>;
  /** The folder it is started in. Default this process's own. */
  cwd?: string;
  /** Past it the program is killed, and the test fails. */
  timeoutMs?: number;
}

/**
 * Runs a program to its end, without a shell. Rejects when it is missing, ends by a signal, or takes longer than
 * `timeoutMs`. Never synchronous: the gateway it talks to lives in this process.
 */
export function runProgram(program: string, args: readonly string[], { env = {}, cwd = process.cwd(), timeoutMs = 20_000 }: ProgramOptions = {}): Promise<ProgramRun> {
  return new Promise((resolve, reject) => {
    // A proxy of the machine must not stand between a program and the gateway on loopback.
    const direct = { NO_PROXY: "127.0.0.1,localhost", no_proxy: "127.0.0.1,localhost" };
    const child = spawn(program, args, { cwd, env: { ...process.env, ...direct, ...env }, stdio: ["ignore", "pipe", "pipe"], timeout: timeoutMs, killSignal: "SIGKILL" });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.once("error", (cause) => reject(new Error(`${program} cannot be run: ${cause.message}`, { cause })));
    child.once("close", (status, signal) => {
      if (status === null) reject(new Error(`${program} was ended by ${signal} after at most ${timeoutMs} ms.\n${stdout}\n${stderr}`));
      else resolve({ stdout, stderr, status });
    });
  });
}
