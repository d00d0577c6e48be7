import type { ErrorCode } from "../errors.ts";
import type { NewEvent } from "../events/event.ts";
import type { BeginRun, FinishRun, RunRecord } from "./store.ts";

type Failure = { code: ErrorCode; message: string };

/** What the log is told when a run begins. */
export function* beginEvents({ run, origin, session, userMessage }: BeginRun): Generator<NewEvent> {
  const { workspaceId, sessionId, createdAt: at } = run;
  const who = { agent: run.agentId, userId: run.userId, channel: run.channel };
  if (session) {
    yield { type: "session.started", at, workspaceId, sessionId: session.id, messageId: null, data: who };
    yield { type: "conversation.created", at, workspaceId, sessionId: session.id, messageId: null, data: who };
  }
  // Without a session nothing was stored that could be told of.
  if (!userMessage) return;
  yield { type: "message.received", at, workspaceId, sessionId, messageId: userMessage.id, data: { runId: run.id, ...who, chatId: origin?.chatId ?? null, from: origin?.from ?? null } };
}

/** What the log is told when a run ends. `isGone`: its session was deleted in the meantime, and its answer is not kept. */
export function* finishEvents({ run, isForChannel, status, messageId, model, usage, cost, finishReason, toolsInvoked, latencyMs, error, finishedAt: at }: FinishRun, keyId: string, isGone: boolean): Generator<NewEvent> {
  const { id: runId, workspaceId, sessionId, userId, channel } = run;
  const who = { agent: run.agentId, userId, channel };
  if (messageId !== null && sessionId !== null && !isGone && !isForChannel) {
    const tokensUsed = usage ? usage.inputTokens + usage.outputTokens : 0;
    yield { type: "message.sent", at, workspaceId, sessionId, messageId, data: { runId, userId, channel, chatId: null, model, tokensUsed, latencyMs } };
  }
  if (status === "failed" && error) yield failed(run, at, { code: error.code, message: error.message });
  yield {
    type: "run.finished",
    at,
    workspaceId,
    sessionId,
    messageId: isGone ? null : messageId,
    data: { runId, ...who, keyId, status, model, usage, costUSD: cost && cost.nanoUsd / 1e9, latencyMs, finishReason, toolsInvoked: [...toolsInvoked], error: error && { code: error.code, message: error.message } },
  };
}

/** What the log is told of a run that an earlier process left running. */
export function* cutOffEvents(run: FinishRun["run"] & Pick<RunRecord, "createdAt" | "keyId">, error: Failure, at: number): Generator<NewEvent> {
  const { id: runId, workspaceId, sessionId, agentId: agent, userId, channel, keyId, createdAt } = run;
  yield failed(run, at, error);
  yield {
    type: "run.finished",
    at,
    workspaceId,
    sessionId,
    messageId: null,
    data: { runId, agent, userId, channel, keyId, status: "failed", model: null, usage: null, costUSD: null, latencyMs: at - createdAt, finishReason: null, toolsInvoked: [], error },
  };
}

function failed({ id: runId, workspaceId, sessionId, agentId: agent, userId, channel }: FinishRun["run"], at: number, error: Failure): NewEvent {
  return { type: "error.agent", at, workspaceId, sessionId, messageId: null, data: { runId, agent, userId, channel, error } };
}
