import { execFileSync } from "node:child_process";

/**
 * What the machine lacks, for `test.skipIf`: each missing program is named once a file. On CI nothing is lacking, so that
 * there a missing program fails the tests that need it instead of hiding them.
 */
export const lacksCurl = lacks("curl", "curl", ["--version"]);
export const lacksPython = lacks("python3 with requests", "python3", ["-c", "import requests"]);
export const lacksPythonOpenai = lacks("python3 with openai", "python3", ["-c", "import openai"]);
export const lacksRedis = lacks("redis-server", "redis-server", ["--version"]);

function lacks(name: string, program: string, args: readonly string[]): boolean {
  if (runs(program, args)) return false;
  console.warn(`Missing on this machine: ${name}.`);
  return !process.env["CI"];
}

function runs(program: string, args: readonly string[]): boolean {
  try {
    execFileSync(program, args, { stdio: "ignore", timeout: 20_000 });
    return true;
  } catch {
    return false;
  }
}
