import type { Logger } from "pino";
import { dayMs } from "../durations.ts";
import { GatewayError } from "../errors.ts";
import { newId } from "../ids.ts";
import type { Principal } from "../keys/principal.ts";
import type { ReservedRun } from "../runs/run.ts";
import type { RunRecord, Runs } from "../runs/service.ts";
import { createRetention } from "../storage/retention.ts";
import type { IdempotencyStore, RequestName } from "./store.ts";

/** A request that its client may send again under the same key (IETF draft-ietf-httpapi-idempotency-key-header). */
export interface IdempotentRequest {
  principal: Principal;
  idempotencyKey: string;
  /** The same for the same request, and no other. */
  fingerprint: string;
  /** The answer, as text, when the gateway dies before there is one: of what must not be done again. Null: its run tells, or it is done again. */
  ifCutOff: string | null;
}

/** What comes of a request: it is new, it was answered before, or the run that it had tells the answer. */
export type Claim = { state: "new"; run: ReservedRun; outcome: Outcome } | { state: "answered"; answer: string } | { state: "run"; run: ReservedRun };

/** Takes what became of a new request. One of the two is called, once. */
export interface Outcome {
  /** The answer as text; null for a stream, which its run has. So has it what was said in a session, which is not stored twice. */
  answered(answer: string | null): Promise<void>;
  /** It may be tried again, unless its run goes on, has ended well, or has called tools: that is done and never done twice. */
  failed(): Promise<void>;
}

export interface Idempotency {
  /** Throws `conflict`: another request had the key, or the same is still under way. */
  claim(request: IdempotentRequest): Promise<Claim>;
  close(): Promise<void>;
}

export interface IdempotencyOptions {
  store: IdempotencyStore;
  runs: Pick<Runs, "get">;
  log: Logger;
  now: () => number;
}

const keptDays = 1;
const keptMs = keptDays * dayMs;

/** Call it once the turns that the last stop cut off are marked: what they were asked by is answered with that. */
export async function createIdempotency({ store, runs, log, now }: IdempotencyOptions): Promise<Idempotency> {
  await store.settleLeftRunning();
  const retention = createRetention({ store, what: "idempotency keys", log, now, days: keptDays });

  return {
    async claim({ principal, idempotencyKey, fingerprint, ifCutOff }) {
      const name = { keyId: principal.keyId, idempotencyKey };
      const reserved = newId("run");
      const at = now();
      const earlier = await store.claim({ ...name, fingerprint, runId: reserved, ifCutOff, at, expiredAt: at - keptMs });
      if (!earlier) return { state: "new", run: { id: reserved, hasBegun: false }, outcome: outcomeOf(name, reserved, principal) };
      if (earlier.fingerprint !== fingerprint) throw new GatewayError("conflict", "This `Idempotency-Key` came with another request before. Take a new key for each request, and the same one only to send it again.");
      if (earlier.status === "answered") return { state: "answered", answer: earlier.answer ?? "" };
      if (earlier.status === "running" || (await runs.get(earlier.runId, principal)).status === "running") {
        throw new GatewayError("conflict", "The first request with this `Idempotency-Key` is still under way. Come back in a moment.", { retryAfterSeconds: 1 });
      }
      return { state: "run", run: { id: earlier.runId, hasBegun: true } };
    },
    close: () => retention.close(),
  };

  function outcomeOf(name: RequestName, runId: string, principal: Principal): Outcome {
    /** What is done is done: that it cannot be noted is no reason to hold its answer back. */
    const noted = (change: Promise<void>) => change.catch((err: unknown) => log.error({ err, keyId: name.keyId }, "the answer to an `Idempotency-Key` could not be stored; until the next start it counts as under way"));
    return {
      answered: (answer) => noted(answer === null ? store.settle(name, null) : findRun(runId, principal).then((run) => store.settle(name, run && isSaidInSession(run) ? null : answer))),
      failed: () => noted(findRun(runId, principal).then((run) => (run && hasEffect(run) ? store.settle(name, null) : store.delete(name)))),
    };
  }

  async function findRun(id: string, principal: Principal): Promise<RunRecord | undefined> {
    try {
      return await runs.get(id, principal);
    } catch (thrown) {
      if (GatewayError.from(thrown).code === "not_found") return undefined;
      throw thrown;
    }
  }
}

function isSaidInSession({ status, sessionId }: RunRecord): boolean {
  return status === "completed" && sessionId !== null;
}

function hasEffect({ status, toolCalls }: RunRecord): boolean {
  return status === "running" || status === "completed" || toolCalls.length > 0;
}
