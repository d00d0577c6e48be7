import type { InferResult, Kysely } from "kysely";
import type { ErrorCode } from "../errors.ts";
import type { FinishReason } from "../providers/port.ts";
import { prepare } from "../storage/prepared.ts";
import type { Schema } from "../storage/schema.ts";
import type { RunFace } from "./run.ts";
import type { RunRecord } from "./store.ts";

/** The query for one run together with its answer, wherever that is kept. */
export function prepareFinding(kysely: Kysely<Schema>) {
  return prepare<{ id: string }>()((value) => selectRuns(kysely).where("runs.id", "=", value("id")));
}

function selectRuns(kysely: Kysely<Schema>) {
  return kysely
    .selectFrom("runs")
    .leftJoin("messages", (join) => join.onRef("messages.session_id", "=", "runs.session_id").onRef("messages.id", "=", "runs.message_id"))
    .selectAll("runs")
    .select(["messages.content as message_content", "messages.tool_calls as message_tool_calls"]);
}

type RunRow = InferResult<ReturnType<typeof selectRuns>>[number];

export function toRecord(row: RunRow): RunRecord {
  const request = JSON.parse(row.request) as Pick<RunRecord, "requestId" | "faceOptions">;
  const toolCalls = row.message_tool_calls ?? row.tool_calls;
  return {
    id: row.id,
    face: row.face as RunFace,
    keyId: row.key_id,
    requestId: request.requestId,
    sessionId: row.session_id,
    workspaceId: row.workspace_id,
    agentId: row.agent_id,
    userId: row.user_id,
    channel: row.channel,
    createdAt: row.created_at,
    faceOptions: request.faceOptions,
    messageId: row.message_id,
    status: row.status,
    model: row.model,
    content: row.message_content ?? row.content ?? "",
    finishReason: row.finish_reason as FinishReason | null,
    usage: row.input_tokens === null || row.output_tokens === null ? null : { inputTokens: row.input_tokens, outputTokens: row.output_tokens },
    latencyMs: row.latency_ms,
    toolCalls: toolCalls === null ? [] : (JSON.parse(toolCalls) as RunRecord["toolCalls"]),
    toolsInvoked: row.tools_invoked === null ? [] : (JSON.parse(row.tools_invoked) as string[]),
    error:
      row.error_code === null
        ? null
        : {
            code: row.error_code as ErrorCode,
            message: row.error_message ?? "",
            details: JSON.parse(row.error_details ?? "{}") as Record<string, unknown>,
          },
    finishedAt: row.finished_at,
  };
}
