import { createCaller, NoAnswer, type Call } from "./caller.ts";
import { checkAuthentication, checkMethods, checkUnknownIds } from "./checks/access.ts";
import type { CheckContext } from "./checks/context.ts";
import { checkExamples } from "./checks/examples.ts";
import { checkPaging } from "./checks/paging.ts";
import { checkRefusals } from "./checks/refusals.ts";
import { checkSocket } from "./checks/socket.ts";
import { checkStreams } from "./checks/streams.ts";
import { isAllowed, type Operation } from "./contract.ts";
import { createLeavings } from "./leavings.ts";
import { createStatelessWorld } from "./stateless-world.ts";
import { createTrials, said, type Outcome, type RunTrial } from "./trials.ts";
import { createWorld } from "./world.ts";

export interface ConformanceOptions {
  baseUrl: string;
  token: string;
  /** What is tested, in this order. */
  operations: readonly Operation[];
  allowChanges: boolean;
  isStateless: boolean;
  /** Longest time for one answer. */
  timeoutMs: number;
  onOutcome?: (outcome: Outcome) => void;
  onWait?: (seconds: number) => void;
  /** Aborted, no further test is begun; what was made is deleted all the same. */
  signal?: AbortSignal;
}

export interface Conformance {
  outcomes: readonly Outcome[];
  /** Operations that the key may not use: they are not tested. */
  notAllowed: readonly Operation[];
  /** What could not be deleted, in words. */
  leftBehind: readonly string[];
  durationMs: number;
}

/** The server cannot be tested: it is not there, or does not let the key in. */
export class CannotRun extends Error {}

/** So many operations at a time: enough to be quick, and no load. */
const atOnce = 4;

/**
 * Tests a server against the contract, operation by operation, over the network alone. Lists are paged when all else is done, and what was
 * made is deleted at last. Throws CannotRun.
 */
export async function testConformance({ baseUrl, token, operations, allowChanges, isStateless, timeoutMs, onOutcome, onWait, signal }: ConformanceOptions): Promise<Conformance> {
  const startedAt = performance.now();
  const outcomes: Outcome[] = [];
  const leavings = createLeavings();
  const call = createCaller({ baseUrl, token, timeoutMs, onAnswer: leavings.note, ...(onWait && { onWait }) });
  const permissions = await permissionsOf(call, baseUrl);
  const onTold = (outcome: Outcome): void => {
    outcomes.push(outcome);
    onOutcome?.(outcome);
  };
  const run = createTrials({ call, token, mayBeForbidden: permissions === null, onOutcome: onTold });
  const trial: RunTrial = async (...test) => {
    if (signal?.aborted !== true) await run(...test);
  };
  const world = isStateless ? createStatelessWorld(call) : createWorld(call, permissions);
  const context: CheckContext = { trial, callUnchecked: call, world, allowChanges: allowChanges || isStateless, isStateless };
  // A mock tells of the key in its examples.
  const mayUse = (operation: Operation) => isStateless || isAllowed(operation, permissions);
  const tested = operations.filter(mayUse);
  let leftBehind: string[] = [];
  try {
    await pooled(tested, async (operation) => {
      await checkAuthentication(context, operation);
      await checkExamples(context, operation);
      await checkRefusals(context, operation);
      await checkUnknownIds(context, operation);
      await checkMethods(context, operation);
      await checkStreams(context, operation);
      await checkSocket(context, operation, { baseUrl, token, timeoutMs, onRun: leavings.noteRun });
    });
    for (const operation of tested) await checkPaging(context, operation);
  } finally {
    if (!isStateless) leftBehind = await leavings.clear(call);
  }
  return { outcomes, notAllowed: operations.filter((operation) => !mayUse(operation)), leftBehind, durationMs: performance.now() - startedAt };
}

/** What the key may do; null where the server, which may have one edition alone, does not tell it. */
async function permissionsOf(call: Call, baseUrl: string): Promise<string[] | null> {
  const exchange = await call("getOwnKey").catch((error: Error) => {
    throw error instanceof NoAnswer ? new CannotRun(`No server answers at ${baseUrl}: ${error.message}.`, { cause: error }) : error;
  });
  if (exchange.status === 404) return null;
  if (exchange.status !== 200) throw new CannotRun(`${exchange.sent.url} answered ${exchange.status}${said(exchange)}.`);
  if (exchange.mediaType !== "application/json") throw new CannotRun(`${exchange.sent.url} answered ${exchange.mediaType || "nothing"}: is the gateway at ${baseUrl}?`);
  const effectivePermissions = effectivePermissionsIn(exchange.text);
  if (effectivePermissions === undefined) throw new CannotRun(`${exchange.sent.url} did not answer with JSON: ${exchange.text.slice(0, 100)}`);
  return Array.isArray(effectivePermissions) ? effectivePermissions : null;
}

/** Null where the body tells none; undefined where it is no JSON. What is wrong with it otherwise, the tests say. */
function effectivePermissionsIn(text: string): string[] | null | undefined {
  try {
    return (JSON.parse(text) as { effectivePermissions?: string[] } | null)?.effectivePermissions ?? null;
  } catch {
    return undefined;
  }
}

async function pooled<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = items.values();
  // They share one iterator: each takes the next that nobody has taken.
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const item of left) await work(item);
    }),
  );
}
