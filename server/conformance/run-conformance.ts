import { writeFile } from "node:fs/promises";
import { CannotRun, testConformance, type ConformanceOptions } from "./conformance.ts";
import { operations, type Operation } from "./contract.ts";
import type { Edition } from "./editions.ts";
import { conformanceJson } from "./json-report.ts";
import { conformanceJunit } from "./junit.ts";
import { conformanceText } from "./report.ts";

export interface RunOptions extends Pick<ConformanceOptions, "baseUrl" | "timeoutMs" | "allowChanges" | "isStateless"> {
  token: string | undefined;
  edition?: Edition;
  /** Only these operations. */
  only?: readonly string[];
  /** Files to write reports to. */
  junit?: string;
  json?: string;
}

/** All is as the contract has it; something is not; it could not be found out. */
const exitStatus = { conforms: 0, fails: 1, couldNotRun: 2 } as const;

/** Tests, prints, writes the reports, and resolves with the exit status. */
export async function runConformance({ edition, only, junit, json, token, ...options }: RunOptions): Promise<number> {
  try {
    if (token === undefined) throw new CannotRun("A token is needed: --token, or OPENCLAW_TOKEN in the environment.");
    const chosen = chooseOperations(edition, only);
    const isTerminal = process.stderr.isTTY;
    let count = 0;
    const interrupt = new AbortController();
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.once(signal, () => {
        process.stderr.write("\nInterrupted: what was made is being deleted.\n");
        interrupt.abort();
      });
    }
    const found = await testConformance({
      ...options,
      token,
      operations: chosen,
      signal: interrupt.signal,
      onOutcome: () => isTerminal && process.stderr.write(`\r${++count} tests`),
      onWait: (seconds) => process.stderr.write(`${isTerminal ? "\r\u001b[K" : ""}The server asks to wait ${seconds} s (429).\n`),
    });
    if (isTerminal) process.stderr.write("\r\u001b[K");
    process.stdout.write(conformanceText(found));
    if (junit !== undefined) await writeFile(junit, conformanceJunit(found));
    if (json !== undefined) await writeFile(json, `${JSON.stringify(conformanceJson(found, options.baseUrl), null, 2)}\n`);
    if (interrupt.signal.aborted) throw new CannotRun("Interrupted: not all was tested. What was made is deleted.");
    return found.outcomes.some(({ outcome }) => outcome === "failed") ? exitStatus.fails : exitStatus.conforms;
  } catch (error) {
    if (!(error instanceof CannotRun) && !isFileError(error)) throw error;
    process.stderr.write(`${error.message}\n`);
    return exitStatus.couldNotRun;
  }
}

/** Prints what would be tested. */
export function listOperations(edition: Edition | undefined, only: readonly string[] | undefined): number {
  try {
    for (const { operationId, method, path, editions } of chooseOperations(edition, only)) process.stdout.write(`${operationId} ${method} ${path} ${editions.join(",") || "-"}\n`);
    return exitStatus.conforms;
  } catch (error) {
    if (!(error instanceof CannotRun)) throw error;
    process.stderr.write(`${error.message}\n`);
    return exitStatus.couldNotRun;
  }
}

function chooseOperations(edition: Edition | undefined, only: readonly string[] | undefined): Operation[] {
  const all = [...operations.values()].sort((a, b) => (a.operationId < b.operationId ? -1 : 1));
  const unknown = only?.filter((id) => !all.some(({ operationId }) => operationId === id)) ?? [];
  if (unknown.length > 0) throw new CannotRun(`The contract has no operation ${unknown.join(", ")}. --list shows those that it has.`);
  return all.filter((operation) => (edition === undefined || operation.editions.includes(edition)) && (only === undefined || only.includes(operation.operationId)));
}

const isFileError = (error: unknown): error is NodeJS.ErrnoException => error instanceof Error && "syscall" in error;
