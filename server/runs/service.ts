import type { Logger } from "pino";
import { runTurn, type TurnInput, type TurnOutput } from "../chat/turn.ts";
import { GatewayError } from "../errors.ts";
import { newId } from "../ids.ts";
import { maySee, type Principal } from "../keys/principal.ts";
import { type Decision, noCall, type PendingApproval, waitsNoMore } from "./approvals.ts";
import { replayEvents } from "./replay.ts";
import { type ReservedRun, Run, type RunIdentity } from "./run.ts";
import type { NewSession, RunRecord, RunStore } from "./store.ts";

/** What a run needs once it is its turn. */
export interface PreparedRun {
  /** What was only known of it now. */
  identity: Pick<RunIdentity, "workspaceId" | "agentId" | "userId">;
  /** The session to make with the run; null when it is there already, or there is none. */
  newSession: NewSession | null;
  /** Stored before the model is called; null for a run without a session. */
  userMessage: { id: string; content: string } | null;
  /** The id that the answer will have; made after the user's, so that ids sort as the messages do. */
  messageId: string;
  turn: TurnInput;
}

export interface RunPlan {
  /** Waits until it is this run's turn; resolves with the function that ends it. */
  acquire(signal: AbortSignal): Promise<() => void>;
  prepare(): Promise<PreparedRun>;
}

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
  /** Lets what is under way end for a while, then ends it. */
  drain(timeoutMs: number): Promise<void>;
}

export interface RunsOptions {
  store: RunStore;
  log: Logger;
  now: () => number;
  /** How long a run that nobody waits for any more may be taken up again. */
  graceMs?: number;
  /** How long the events of an ended run are kept. */
  retentionMs?: number;
  /** The most memory that the events of ended runs may take. */
  retentionBytes?: number;
}

/** What a run that is kept takes: its events, and itself. */
const keptBytes = (run: Run) => run.log.bytes + 4096;

/** A turn that says more than this is ended as too long: about 16 MB of memory. */
const mostRunBytes = 16 * 1024 * 1024;

export function createRuns({ store, log, now, graceMs = 30_000, retentionMs = 600_000, retentionBytes = 64 * 1024 * 1024 }: RunsOptions): Runs {
  const running = new Map<string, Run>();
  /** Ended runs whose events are kept, the oldest first. */
  const ended = new Map<string, { run: Run; endedAt: number }>();
  let endedBytes = 0;

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
        if (run.identity.isStreamed || run.hasAsked || !isStored) retain(run);
      });
    },
    get: find,
    async open(id, principal, fromStart) {
      const live = running.get(id) ?? kept(id);
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
    forgetIn(workspaceId) {
      for (const [id, { run }] of ended) if (run.identity.workspaceId === workspaceId) drop(id, run);
    },
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
    return (running.get(id) ?? kept(id))?.record;
  }

  /** Whether the run is stored with its end. */
  async function execute(run: Run, plan: RunPlan): Promise<boolean> {
    const { signal } = run;
    let release: (() => void) | undefined;
    let isStored = false;
    try {
      release = await plan.acquire(signal);
      signal.throwIfAborted();
      const prepared = await plan.prepare();
      signal.throwIfAborted();
      run.identity = { ...run.identity, ...prepared.identity };
      run.messageId = prepared.messageId;
      await store.begin({ run: run.record, session: prepared.newSession, userMessage: prepared.userMessage });
      isStored = true;
      run.accept();
      for await (const events of runTurn(prepared.turn, signal)) {
        for (const event of events) {
          // Only the last event has something to wait for; a stream has hundreds that have not.
          const ending = take(run, event);
          if (ending) await ending;
          if (run.status !== "running") break;
        }
        if (run.status !== "running") break;
        if (run.log.isFull) await run.log.room(signal);
      }
    } catch (thrown) {
      isStored = await fail(run, signal.aborted ? signal.reason : thrown, isStored);
    } finally {
      release?.();
    }
    return isStored;
  }

  /** Takes an event into the run. A promise when it was the last: the end is stored then. */
  function take(run: Run, event: TurnOutput): Promise<void> | undefined {
    switch (event.type) {
      case "started":
        run.model = event.model;
        run.append(event, 0);
        return undefined;
      case "text":
        if (run.log.bytes > mostRunBytes) return finish(run, tooLong(run));
        run.content += event.text;
        run.append(event, event.text.length);
        return undefined;
      case "toolUse":
        run.toolCalls.push({ callId: event.callId, name: event.name, input: event.input, output: "", isError: false });
        run.append(event, 0);
        return undefined;
      case "toolApproval":
        run.append(event, 0);
        return undefined;
      case "toolResult": {
        const call = run.toolCalls.find(({ callId }) => callId === event.callId);
        if (call) Object.assign(call, { output: event.output, isError: event.isError });
        run.append(event, event.output.length);
        return undefined;
      }
      case "finished":
        return finish(run, event);
    }
  }

  /** The provider's own count never comes: four characters a token is near enough. */
  function tooLong(run: Run): Extract<TurnOutput, { type: "finished" }> {
    return {
      type: "finished",
      finishReason: "length",
      usage: { inputTokens: 0, outputTokens: Math.ceil(run.content.length / 4) },
      latencyMs: now() - run.identity.createdAt,
      toolsInvoked: [...new Set(run.toolCalls.map(({ name }) => name))],
      callerToolCalls: [],
    };
  }

  /** Stores the answer, and only then says that it is there. */
  async function finish(run: Run, finished: Extract<TurnOutput, { type: "finished" }>): Promise<void> {
    const finishedAt = now();
    await store.finish({
      runId: run.id,
      sessionId: run.identity.sessionId,
      status: "completed",
      messageId: run.messageId,
      content: run.content,
      model: run.model,
      usage: finished.usage,
      finishReason: finished.finishReason,
      toolCalls: run.toolCalls,
      toolsInvoked: finished.toolsInvoked,
      latencyMs: finished.latencyMs,
      error: null,
      finishedAt,
    });
    run.complete(finished, finishedAt);
  }

  /** Whether its end is stored. */
  async function fail(run: Run, thrown: unknown, isBegun: boolean): Promise<boolean> {
    const error = GatewayError.from(thrown);
    const finishedAt = now();
    if (error.code === "internal_error") log.error({ runId: run.id, requestId: run.identity.requestId, err: error.cause }, "the turn failed");
    else log.warn({ runId: run.id, requestId: run.identity.requestId, code: error.code, err: error.cause }, error.message);
    let isStored = false;
    try {
      if (isBegun) {
        const isCancelled = error.code === "cancelled";
        await store.finish({
          runId: run.id,
          sessionId: run.identity.sessionId,
          status: isCancelled ? "cancelled" : "failed",
          // What was said before a cancel is kept; half an answer of a failed provider is not an answer.
          messageId: isCancelled && run.content !== "" ? run.messageId : null,
          content: isCancelled ? run.content : "",
          model: run.model === "" ? null : run.model,
          usage: null,
          finishReason: null,
          toolCalls: run.toolCalls,
          toolsInvoked: [...new Set(run.toolCalls.map(({ name }) => name))],
          latencyMs: now() - run.identity.createdAt,
          error: { code: error.code, message: error.message, details: error.details },
          finishedAt,
        });
        isStored = true;
      }
    } catch (cause) {
      // The store is at fault as well: at the next start the run is found running, and marked.
      log.error({ runId: run.id, err: cause }, "the end of the run could not be stored");
    }
    run.fail(error, finishedAt);
    return isStored;
  }

  function retain(run: Run): void {
    ended.set(run.id, { run, endedAt: now() });
    endedBytes += keptBytes(run);
    sweep();
  }

  function kept(id: string): Run | undefined {
    sweep();
    return ended.get(id)?.run;
  }

  function sweep(): void {
    for (const [id, { run, endedAt }] of ended) {
      if (endedAt > now() - retentionMs && endedBytes <= retentionBytes) return;
      drop(id, run);
    }
  }

  function drop(id: string, run: Run): void {
    ended.delete(id);
    endedBytes -= keptBytes(run);
  }
}
