import type { Logger } from "pino";
import { runTurn, type TurnInput, type TurnOutput } from "../chat/turn.ts";
import { GatewayError } from "../errors.ts";
import type { Usage } from "../providers/port.ts";
import { costNanoUsd, type Price } from "../providers/price.ts";
import type { Run, RunIdentity, RunStatus } from "./run.ts";
import type { FinishRun, NewSession, RunStore } from "./store.ts";

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
  /** Of the turn's model; null where the settings have none. */
  price: Price | null;
  turn: TurnInput;
}

export interface RunPlan {
  /** Waits until it is this run's turn; resolves with the function that ends it. */
  acquire(signal: AbortSignal): Promise<() => void>;
  prepare(): Promise<PreparedRun>;
}

/** Somebody who counts runs. */
export interface RunObserver {
  /** A run whose events are read as they come has said its first words, this long after it was asked for. */
  saidFirst(durationMs: number): void;
  /** `model` is empty when it has called none; `usage` is null when it has used nothing. What has no price costs 0. */
  ended(outcome: Exclude<RunStatus, "running">, model: string, durationMs: number, usage: Usage | null, costNanoUsd: number): void;
}

/** A turn that says more than this is ended as too long: about 16 MB of memory. */
const mostRunBytes = 16 * 1024 * 1024;

/** Carries a run out: waits for its turn, stores its beginning, takes the turn's events into it, and stores its end. Resolves with whether the run is stored with its end. */
export function createExecution({ store, log, now, observer }: { store: RunStore; log: Logger; now: () => number; observer?: RunObserver | undefined }): (run: Run, plan: RunPlan) => Promise<boolean> {
  return execute;

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
      run.price = prepared.price;
      await store.begin({ run: run.record, origin: run.identity.origin ?? null, session: prepared.newSession, userMessage: prepared.userMessage });
      isStored = true;
      run.accept();
      for await (const events of runTurn(prepared.turn, signal, run.usage)) {
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
        if (observer && run.content === "" && run.identity.isStreamed) observer.saidFirst(now() - run.identity.createdAt);
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
        if (!event.isRefused) run.toolsInvoked.add(event.name);
        run.append(event, event.output.length);
        return undefined;
      }
      case "finished":
        return finish(run, event);
    }
  }

  /** The provider's own count of the last call never comes: four characters a token is near enough. */
  function tooLong(run: Run): Extract<TurnOutput, { type: "finished" }> {
    return {
      type: "finished",
      finishReason: "length",
      usage: { inputTokens: run.usage.inputTokens, outputTokens: Math.ceil(run.content.length / 4) },
      latencyMs: now() - run.identity.createdAt,
      toolsInvoked: [...run.toolsInvoked],
      callerToolCalls: [],
    };
  }

  /** Stores the answer, and only then says that it is there. */
  async function finish(run: Run, finished: Extract<TurnOutput, { type: "finished" }>): Promise<void> {
    const finishedAt = now();
    const cost = costOf(run, finished.usage);
    await store.finish({
      ...whose(run),
      status: "completed",
      messageId: run.messageId,
      content: run.content,
      model: run.model,
      usage: finished.usage,
      cost,
      finishReason: finished.finishReason,
      toolCalls: run.toolCalls,
      toolsInvoked: finished.toolsInvoked,
      latencyMs: finished.latencyMs,
      error: null,
      finishedAt,
    });
    run.complete(finished, finishedAt);
    observer?.ended("completed", run.model, finishedAt - run.identity.createdAt, finished.usage, cost?.nanoUsd ?? 0);
  }

  /** Whether its end is stored. */
  async function fail(run: Run, thrown: unknown, isBegun: boolean): Promise<boolean> {
    const error = GatewayError.from(thrown);
    const finishedAt = now();
    const usage = run.usage.inputTokens + run.usage.outputTokens > 0 ? run.usage : null;
    const cost = usage && costOf(run, usage);
    if (error.code === "internal_error") log.error({ ...subjectOf(run), err: error.cause }, "the turn failed");
    else log.warn({ ...subjectOf(run), code: error.code, err: error.cause }, error.message);
    let isStored = false;
    try {
      if (isBegun) {
        const isCancelled = error.code === "cancelled";
        await store.finish({
          ...whose(run),
          status: isCancelled ? "cancelled" : "failed",
          // What was said before a cancel is kept; half an answer of a failed provider is not an answer.
          messageId: isCancelled && run.content !== "" ? run.messageId : null,
          content: isCancelled ? run.content : "",
          model: run.model === "" ? null : run.model,
          usage,
          cost,
          finishReason: null,
          toolCalls: run.toolCalls,
          toolsInvoked: [...run.toolsInvoked],
          latencyMs: now() - run.identity.createdAt,
          error: { code: error.code, message: error.message, details: error.details },
          finishedAt,
        });
        isStored = true;
      }
    } catch (cause) {
      // The store is at fault as well: at the next start the run is found running, and marked.
      log.error({ ...subjectOf(run), err: cause }, "the end of the run could not be stored");
    }
    run.fail(error, finishedAt);
    observer?.ended(error.code === "cancelled" ? "cancelled" : "failed", run.model, finishedAt - run.identity.createdAt, usage, cost?.nanoUsd ?? 0);
    return isStored;
  }
}

function costOf({ price }: Run, usage: Usage): FinishRun["cost"] {
  return price && { nanoUsd: costNanoUsd(price, usage), priceVersion: price.version };
}

/** What a line of the log about a turn names. */
function subjectOf({ id: runId, identity: { requestId, sessionId, principal } }: Run) {
  return { requestId, keyId: principal.keyId, sessionId: sessionId ?? undefined, runId };
}

function whose({ identity }: Run): Pick<FinishRun, "run" | "isForChannel"> {
  return { run: identity, isForChannel: identity.origin != null };
}
