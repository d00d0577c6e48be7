import type { Logger } from "pino";
import { GatewayError } from "../errors.ts";
import { newId } from "../ids.ts";
import { maySee, type Principal } from "../keys/principal.ts";
import { type Decision, noCall, type PendingApproval, waitsNoMore } from "./approvals.ts";
import { createEndedRuns } from "./ended-runs.ts";
import { createExecution, type RunObserver, type RunPlan } from "./execution.ts";
import { replayEvents } from "./replay.ts";
import { type ReservedRun, Run, type RunIdentity } from "./run.ts";
import type { RunRecord, RunStore } from "./store.ts";

export type { PreparedRun, RunObserver, RunPlan } from "./execution.ts";
export type { RunRecord } from "./store.ts";

export interface Runs {
  /** Under the id that is reserved for it, if one is; it then goes on although nobody waits: whoever asked for it will ask again. */
  create(identity: Omit<RunIdentity, "id">, reserved?: ReservedRun): Run;
  /** Lets the run begin. What comes of it is told by the run. */
  start(run: Run, plan: RunPlan): void;
  /** The run as it is stored. Throws `not_found` when there is none that this key may see. */
  get(id: string, principal: Principal): Promise<RunRecord>;
  /** The run with its events, to read them again. Throws `not_found` when they are not kept any more. */
  open(id: string, principal: Principal, fromStart: boolean): Promise<Run>;
  /** Ends it, and resolves once that is done. */
  cancel(id: string, principal: Principal): Promise<void>;
  /** Resolves once the runs that are under way now have ended, however long that takes. */
  settled(): Promise<void>;
  /** Ends those of a workspace that is being deleted, and resolves once they have. */
  cancelIn(workspaceId: string): Promise<void>;
  /** Forgets the events of a deleted workspace's runs. */
  forgetIn(workspaceId: string): void;
  /** The calls that wait to be approved; none of a run that is not under way here. */
  pendingApprovals(id: string): readonly PendingApproval[];
  /** Approves or refuses a call that waits. Throws `not_found`; `conflict` when it does not wait any more. */
  answerApproval(id: string, callId: string, principal: Principal, decision: Decision): Promise<void>;
  /** How many there are right now. */
  counts(): RunCounts;
  /** Lets what is under way end for a while, then ends it. */
  drain(timeoutMs: number): Promise<void>;
}

export interface RunCounts {
  /** Under way. */
  running: number;
  /** Behind another run of their session. */
  waiting: number;
}

export interface RunsOptions {
  store: RunStore;
  log: Logger;
  now: () => number;
  observer?: RunObserver;
  /** How long a run that nobody waits for any more may be taken up again. */
  graceMs?: number;
  /** How long the events of an ended run are kept. */
  retentionMs?: number;
  /** The most memory that the events of ended runs may take. */
  retentionBytes?: number;
}

export function createRuns({ store, log, now, observer, graceMs = 30_000, retentionMs = 600_000, retentionBytes = 64 * 1024 * 1024 }: RunsOptions): Runs {
  const running = new Map<string, Run>();
  const ended = createEndedRuns({ now, retentionMs, retentionBytes });
  const execute = createExecution({ store, log, now, observer });

  return {
    create(identity, reserved) {
      const run = new Run({ ...identity, id: reserved?.id ?? newId("run") }, graceMs);
      if (reserved) run.keep();
      return run;
    },
    start(run, plan) {
      running.set(run.id, run);
      void execute(run, plan).then((isStored) => {
        running.delete(run.id);
        // What is stored can be told again; what is not, and the very events that somebody reads, are kept for a while.
        // So is a run whose calls have waited: that is not stored, and nobody who reads its events may lose his place.
        if (run.identity.isStreamed || run.hasAsked || !isStored) ended.keep(run);
      });
    },
    get: find,
    async open(id, principal, fromStart) {
      const live = running.get(id) ?? ended.get(id);
      if (live && maySee(principal, live.identity.workspaceId)) return live;
      const record = await find(id, principal);
      if (record.status === "running") throw new GatewayError("service_unavailable", `The run \`${id}\` is under way in another process.`, { retryAfterSeconds: 5 });
      // Only the events have the calls that a caller is to carry out.
      const isWhole = !record.isStreamed || (fromStart && record.finishReason !== "tool_calls");
      if (!isWhole) throw new GatewayError("not_found", `The events of the run \`${id}\` are not kept any more. Its answer is at /api/v1/runs/${id}.`);
      return replayEvents(record, principal);
    },
    async cancel(id, principal) {
      const run = running.get(id);
      if (!run || !maySee(principal, run.identity.workspaceId)) {
        await find(id, principal);
        return;
      }
      run.abort(new GatewayError("cancelled", "The run was cancelled."));
      await run.settled;
    },
    settled,
    async cancelIn(workspaceId) {
      const own = [...running.values()].filter(({ identity }) => identity.workspaceId === workspaceId);
      for (const run of own) run.abort(new GatewayError("cancelled", `The run was cancelled: its workspace \`${workspaceId}\` was deleted.`));
      await Promise.all(own.map(({ settled }) => settled));
    },
    forgetIn: (workspaceId) => ended.forgetIn(workspaceId),
    pendingApprovals(id) {
      const run = running.get(id);
      return run?.hasAsked ? run.approvals.pending : [];
    },
    async answerApproval(id, callId, principal, decision) {
      const { toolCalls } = await find(id, principal);
      const run = running.get(id);
      if (run) return run.approvals.answer(callId, decision);
      throw toolCalls.some((call) => call.callId === callId) ? waitsNoMore(callId) : noCall(callId);
    },
    counts() {
      let accepted = 0;
      for (const run of running.values()) if (run.isAccepted) accepted++;
      return { running: accepted, waiting: running.size - accepted };
    },
    async drain(timeoutMs) {
      const all = settled();
      let timer: NodeJS.Timeout | undefined;
      await Promise.race([all, new Promise((resolve) => (timer = setTimeout(resolve, timeoutMs)))]);
      clearTimeout(timer);
      for (const run of running.values()) {
        run.abort(new GatewayError("service_unavailable", "The gateway is stopping. Please come back in a moment.", { retryAfterSeconds: 5 }));
      }
      await settled();
    },
  };

  async function settled(): Promise<void> {
    await Promise.all([...running.values()].map((run) => run.settled));
  }

  async function find(id: string, principal: Principal): Promise<RunRecord> {
    const stored = await store.find(id);
    // What could not be stored of its end is known here all the same.
    const record = stored && stored.status !== "running" ? stored : (unstoredRecord(id) ?? stored);
    if (!record || !maySee(principal, record.workspaceId)) throw new GatewayError("not_found", `There is no run \`${id}\`.`);
    return record;
  }

  /** A run that waits for its turn is not stored yet, and one that ended while it waited never is; nor is an end that the database would not take. */
  function unstoredRecord(id: string): RunRecord | undefined {
    return (running.get(id) ?? ended.get(id))?.record;
  }
}
