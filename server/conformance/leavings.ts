import type { Call } from "./caller.ts";
import { operationOf, type OperationId } from "./contract.ts";
import { isOwnId } from "./own-ids.ts";
import type { Exchange } from "./exchange.ts";

interface Undoing {
  operationId: OperationId;
  path: Record<string, string>;
}

/** What the tests have made, by what they were answered, and how it is cleared away. */
export interface Leavings {
  note(exchange: Exchange): void;
  /** A turn that was not begun by a request. */
  noteRun(runId: string): void;
  /** Deletes all of it, and resolves with what could not be deleted, in words. */
  clear(call: Call): Promise<string[]>;
}

/**
 * Whatever is made is deleted, also what should have been refused: of a 201 the contract's links say how, and of a turn its run says
 * in which session it was; one that is older than the tests is left alone. Logs, the audit and the figures of use keep what they know.
 */
export function createLeavings(): Leavings {
  const undoings = new Map<string, Undoing>();
  const runs = new Set<string>();
  const sessions = new Set<string>();
  let firstAt: number | undefined;

  return {
    note({ operationId, sent, status, headers, text }) {
      firstAt ??= Date.parse(headers.get("Date") ?? "") || Date.now();
      if (status < 400) for (const sessionId of sessionsIn(sent.body)) sessions.add(sessionId);
      const runId = headers.get("X-Run-Id");
      if (runId !== null && status < 400) runs.add(runId);
      const undo = operationOf(operationId).answers.find((answer) => answer.status === status)?.undo;
      if (!undo) return;
      const path = pathIn(undo.parameters, text);
      if (path) undoings.set(JSON.stringify([undo.operationId, path]), { operationId: undo.operationId, path });
    },

    noteRun: (runId) => void runs.add(runId),

    async clear(call) {
      const left: string[] = [];
      for (const runId of runs) {
        const sessionId = await endRun(call, runId);
        if (sessionId !== null && !sessions.has(sessionId) && (await isYounger(call, sessionId, (firstAt ?? Date.now()) - clockSlackMs))) sessions.add(sessionId);
      }
      const all: Undoing[] = [...[...sessions].map((sessionId): Undoing => ({ operationId: "deleteSession", path: { sessionId } })), ...[...undoings.values()].reverse()];
      for (const { operationId, path } of all) {
        const query: Record<string, string> = operationId === "deleteWorkspace" ? { force: "true" } : {};
        const status = await call(operationId, { path, query }).then((answer) => answer.status, () => 0);
        // Gone already, or ended for good: 404, 409.
        if (![200, 204, 404, 409].includes(status)) left.push(`${Object.values(path).join("/")} (${operationId} answered ${status || "nothing"})`);
      }
      return left;
    },
  };
}

/** The session of a run that is over by now. */
async function endRun(call: Call, runId: string): Promise<string | null> {
  const path = { runId };
  const answer = await call("getRun", { path }).catch(() => undefined);
  const run = parsed<{ status?: string; sessionId?: string | null }>(answer?.text ?? "");
  if (run?.status === "running") await call("cancelRun", { path }).catch(() => {});
  return run?.sessionId ?? null;
}

/** A server that puts turns of the tests into a session that was there before keeps it. */
async function isYounger(call: Call, sessionId: string, than: number): Promise<boolean> {
  const answer = await call("getSession", { path: { sessionId } }).catch(() => undefined);
  const { createdAt = "" } = parsed<{ createdAt?: string }>(answer?.text ?? "") ?? {};
  return Date.parse(createdAt) >= than;
}

/** `Date` is in whole seconds. */
const clockSlackMs = 2000;

/** Sessions of the tests that a request named: they have begun under these ids. */
function sessionsIn(body = ""): string[] {
  const members = parsed<Record<string, unknown>>(body) ?? {};
  return ["sessionId", "conversationId", "conversation_id"].map((name) => members[name]).filter(isOwnId);
}

/** `$response.body#/id` of each parameter. */
function pathIn(parameters: Record<string, string>, text: string): Record<string, string> | undefined {
  const body = parsed<Record<string, unknown>>(text) ?? {};
  const path = Object.entries(parameters).map(([name, expression]) => [name, body[expression.slice(expression.lastIndexOf("/") + 1)]] as const);
  return path.every(([, id]) => typeof id === "string") ? (Object.fromEntries(path) as Record<string, string>) : undefined;
}

function parsed<T extends object>(text: string): T | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as T) : undefined;
  } catch {
    return undefined;
  }
}
