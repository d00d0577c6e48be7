import { fileURLToPath } from "node:url";
import { runProgram } from "./run-program.ts";

/** Runs a file with python3 and gives back what it printed, a JSON value a line. Fails when the program does. */
export async function python(file: URL, ...args: readonly string[]): Promise<unknown[]> {
  const { stdout, stderr, status } = await runProgram("python3", [fileURLToPath(file), ...args], { env: { PYTHONDONTWRITEBYTECODE: "1", PYTHONIOENCODING: "utf-8" } });
  if (status !== 0) throw new Error(`python3 ended with ${status}:\n${stderr}`);
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as unknown);
}
