import { execFileSync } from "node:child_process";

/**
 * Whether the machine lacks a program, for `test.skipIf`; it is named when it does. On CI nothing is lacking, so that there a
 * missing program fails the tests that need it instead of hiding them.
 */
export function lacks(name: string, program: string, args: readonly string[]): boolean {
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
