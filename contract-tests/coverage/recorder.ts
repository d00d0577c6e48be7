import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { threadId } from "node:worker_threads";
import { inject } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** Where the pairs of this run are written; absent when nobody compares them. */
    coverageFolder?: string;
  }
}

const recorded = new Set<string>();

/**
 * Remembers that an operation was answered with a status by the real server. Each worker writes a file of its own, at
 * once, so that nothing is lost however its test file ends; `global-setup.ts` puts them together.
 */
export function recordPair(operationId: string, status: number): void {
  const pair = `${operationId} ${status}`;
  const folder = inject("coverageFolder");
  if (folder === undefined || recorded.has(pair)) return;
  recorded.add(pair);
  appendFileSync(join(folder, `${process.pid}-${threadId}.txt`), `${pair}\n`);
}
