import type { InferResult, Kysely } from "kysely";
import type { ToolCallRecord } from "../chat/turn-events.ts";
import type { ErrorCode } from "../errors.ts";
import { idFloor } from "../ids.ts";
import type { FinishReason, Usage } from "../providers/port.ts";
import type { Database } from "../storage/database.ts";
import type { EventWriter } from "../events/writer.ts";
import type { Schema } from "../storage/schema.ts";
import { failLeftRunning } from "./left-running.ts";
import type { MessageOrigin, RunFace, RunStatus } from "./run.ts";
import { beginEvents, finishEvents } from "./run-events.ts";
import { turnQueries } from "./turn-queries.ts";

/** A run as it is stored. */
export interface RunRecord {
  id: string;
  face: RunFace;
  requestId: string;
  sessionId: string | null;
  workspaceId: string;
  agentId: string;
  userId: string | null;
  channel: string;
  keyId: string;
  isStreamed: boolean;
  faceOptions: Readonly<Record<string, unknown>>;
  status: RunStatus;
  model: string | null;
  messageId: string | null;
  content: string;
  finishReason: FinishReason | null;
  usage: Usage | null;
  latencyMs: number | null;
  toolCalls: readonly ToolCallRecord[];
  toolsInvoked: readonly string[];
  error: { code: ErrorCode; message: string; details: Record<string, unknown> } | null;
  createdAt: number;
  finishedAt: number | null;
}

/** A session that begins with the run. */
export interface NewSession {
  id: string;
  workspaceId: string;
  agentId: string;
  userId: string | null;
  channel: string;
  title: string;
  createdAt: number;
}

export interface BeginRun {
  run: RunRecord;
  /** Of a message that came in through a channel. */
  origin?: MessageOrigin | null | undefined;
  session: NewSession | null;
  userMessage: { id: string; content: string } | null;
}

export interface FinishRun {
  run: Pick<RunRecord, "id" | "sessionId" | "workspaceId" | "agentId" | "userId" | "channel">;
  /** Whether the answer goes out through a channel, which tells of it itself. */
  isForChannel: boolean;
  status: Exclude<RunStatus, "running">;
  /** The answer's id; null when there is no answer to keep. */
  messageId: string | null;
  content: string;
  model: string | null;
  usage: Usage | null;
  /** Of the usage; null when nothing was used, or nobody knows what it costs. */
  cost: { nanoUsd: number; priceVersion: string } | null;
  finishReason: FinishReason | null;
  toolCalls: readonly ToolCallRecord[];
  toolsInvoked: readonly string[];
  latencyMs: number;
  error: RunRecord["error"];
  finishedAt: number;
}

export interface RunStore {
  /**
   * Stores the run with the user's message, and the session when it is new: all or nothing. Throws `conflict` when the
   * session is not as the caller found it: made by somebody else meanwhile, or deleted. Looking again settles it.
   */
  begin(begin: BeginRun): Promise<void>;
  /**
   * Stores the end of the run with its answer: all or nothing, and only once. Whether the run was still running. An answer
   * whose session was deleted or cleared meanwhile is not kept.
   */
  finish(finish: FinishRun): Promise<boolean>;
  find(id: string): Promise<RunRecord | undefined>;
  /** Input and output tokens of each key's runs that began at or after a time. */
  tokensByKey(since: number): Promise<{ keyId: string; tokens: number }[]>;
  /** Marks runs that an earlier process left running as failed; how many. */
  failLeftRunning(now: number): Promise<number>;
}

/** The write path of every turn: two transactions of few statements, each built once. */
export function createRunStore({ database, events }: { database: Database; events: Pick<EventWriter, "append"> }): RunStore {
  const { kysely } = database;
  const queries = turnQueries(database);

  return {
    begin: ({ run, origin, session, userMessage }) =>
      database.run(function* () {
        const { sessionId, createdAt } = run;
        if (session) yield queries.insertSession({ ...session, at: createdAt });
        if (userMessage && sessionId !== null) yield queries.insertQuestion({ id: userMessage.id, sessionId, runId: run.id, content: userMessage.content, at: createdAt });
        const { id, workspaceId, agentId, keyId, userId, channel, face, requestId, isStreamed, faceOptions, messageId } = run;
        const request = JSON.stringify({ requestId, isStreamed, faceOptions });
        yield queries.insertRun({ id, sessionId, workspaceId, agentId, keyId, userId, channel, face, request, messageId, at: createdAt });
        yield* events.append(...beginEvents({ run, origin, session, userMessage }));
      }),
    finish: (end) =>
      database.run(function* () {
        const { id: runId, sessionId } = end.run;
        const { status, messageId, content, model, usage, cost, finishReason, toolCalls, toolsInvoked, latencyMs, error, finishedAt } = end;
        const calls = toolCalls.length === 0 ? null : JSON.stringify(toolCalls);
        const isMessage = sessionId !== null && messageId !== null;
        const { rows } = yield queries.endRun({
          id: runId,
          status,
          model,
          messageId,
          content: isMessage ? null : content,
          toolCalls: isMessage ? null : calls,
          finishReason,
          inputTokens: usage?.inputTokens ?? null,
          outputTokens: usage?.outputTokens ?? null,
          costNanoUsd: cost?.nanoUsd ?? null,
          priceVersion: cost?.priceVersion ?? null,
          latencyMs,
          errorCode: error?.code ?? null,
          errorMessage: error?.message ?? null,
          errorDetails: error && JSON.stringify(error.details),
          toolsInvoked: toolsInvoked.length === 0 ? null : JSON.stringify(toolsInvoked),
          at: finishedAt,
        });
        const ended = rows[0] as { session_id: string | null; key_id: string } | undefined;
        if (ended === undefined) return false;
        const isGone = sessionId !== null && ended.session_id === null;
        yield* events.append(...finishEvents(end, ended.key_id, isGone));
        if (sessionId === null) return true;
        if (isGone) {
          // What was said in the session was deleted in the meantime: this too. There may be another session of its id by now.
          yield queries.forgetAnswer({ id: runId });
          return true;
        }
        const tokens = (usage?.inputTokens ?? 0) + (usage?.outputTokens ?? 0);
        yield queries.touchSession({ id: sessionId, at: finishedAt, messages: messageId === null ? 1 : 2, tokens });
        if (messageId === null) return true;
        yield queries.insertAnswer({
          id: messageId,
          sessionId,
          runId,
          content,
          at: finishedAt,
          model,
          inputTokens: usage?.inputTokens ?? null,
          outputTokens: usage?.outputTokens ?? null,
          latencyMs,
          finishReason,
          toolCalls: calls,
        });
        return true;
      }),
    async find(id) {
      const row = await selectRuns(kysely).where("runs.id", "=", id).executeTakeFirst();
      return row && toRecord(row);
    },
    async tokensByKey(since) {
      const rows = await kysely
        .selectFrom("runs")
        .select((its) => ["key_id", its.fn.sum<number | null>(its("input_tokens", "+", its.ref("output_tokens"))).as("tokens")])
        .where("id", ">=", idFloor("run", since))
        .groupBy("key_id")
        .execute();
      return rows.map(({ key_id: keyId, tokens }) => ({ keyId, tokens: Number(tokens ?? 0) }));
    },
    failLeftRunning: (now) => database.run(() => failLeftRunning({ kysely, events, now })),
  };
}

/** Runs with what was answered, wherever that is kept. */
function selectRuns(kysely: Kysely<Schema>) {
  return kysely
    .selectFrom("runs")
    .leftJoin("messages", (join) => join.onRef("messages.session_id", "=", "runs.session_id").onRef("messages.id", "=", "runs.message_id"))
    .selectAll("runs")
    .select(["messages.content as message_content", "messages.tool_calls as message_tool_calls"]);
}

function toRecord(row: InferResult<ReturnType<typeof selectRuns>>[number]): RunRecord {
  const toolCalls = row.message_tool_calls ?? row.tool_calls;
  const { requestId, isStreamed, faceOptions } = JSON.parse(row.request) as Pick<RunRecord, "requestId" | "isStreamed" | "faceOptions">;
  const hasEnded = row.status !== "running";
  return {
    id: row.id,
    face: row.face as RunFace,
    requestId,
    isStreamed,
    faceOptions,
    sessionId: row.session_id,
    workspaceId: row.workspace_id,
    agentId: row.agent_id,
    userId: row.user_id,
    channel: row.channel,
    keyId: row.key_id,
    status: row.status,
    model: row.model,
    messageId: row.message_id,
    content: row.message_content ?? row.content ?? "",
    finishReason: row.finish_reason as FinishReason | null,
    usage: hasEnded && row.input_tokens !== null && row.output_tokens !== null ? { inputTokens: row.input_tokens, outputTokens: row.output_tokens } : null,
    latencyMs: row.latency_ms,
    toolCalls: toolCalls === null ? [] : (JSON.parse(toolCalls) as ToolCallRecord[]),
    toolsInvoked: row.tools_invoked === null ? [] : (JSON.parse(row.tools_invoked) as string[]),
    error: row.error_code === null ? null : { code: row.error_code as ErrorCode, message: row.error_message ?? "", details: JSON.parse(row.error_details ?? "{}") as Record<string, unknown> },
    createdAt: row.created_at,
    finishedAt: row.finished_at,
  };
}
