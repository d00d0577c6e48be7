import { join } from "node:path";
import { documentedPairs } from "../contract/operations.ts";

/** The pairs that no test has from the real server, one a line, sorted. Each is a promise of the contract nobody has seen kept. */
export const goldenFile = join(import.meta.dirname, "open-pairs.txt");

/** The documented pairs (`operationId status`) that are not among those recorded. */
export function openPairs(recorded: ReadonlySet<string>): string[] {
  return documentedPairs().filter((pair) => !recorded.has(pair));
}

/** What to do about each pair in which a run and the golden file differ. */
export function compareOpenPairs(open: readonly string[], golden: readonly string[]): string[] {
  const listed = new Set(golden);
  const found = new Set(open);
  return [
    ...open.filter((pair) => !listed.has(pair)).map((pair) => `+ ${pair}: no test has this answer from the server any more; add one, or add the line.`),
    ...golden.filter((pair) => !found.has(pair)).map((pair) => `- ${pair}: a test has this answer now, or the contract has it no more; remove the line.`),
  ];
}
