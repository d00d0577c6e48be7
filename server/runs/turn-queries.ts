import type { Kysely } from "kysely";
import type { Usage } from "../providers/port.ts";
import { prepare } from "../storage/prepared.ts";
import type { Schema } from "../storage/schema.ts";
import type { NewSession, RunRecord, TurnEnd } from "./store.ts";

/** The statements of a turn's two transactions, each built once. */
export function prepareTurnQueries(kysely: Kysely<Schema>) {
  return {
    /** Inserts nothing when the id is taken. */
    insertSession: prepare<NewSession & { at: number; messages: number }>()((value) =>
      kysely
        .insertInto("sessions")
        .values({
          id: value("id"),
          workspace_id: value("workspaceId"),
          agent_id: value("agentId"),
          user_id: value("userId"),
          channel: value("channel"),
          title: value("title"),
          created_at: value("createdAt"),
          last_active_at: value("at"),
          message_count: value("messages"),
          tokens_used: 0,
        })
        .onConflict((conflict) => conflict.column("id").doNothing()),
    ),

    /** The time of the last activity never goes back, or a page of the list would repeat what the one before had. */
    touchSession: prepare<{ id: string; at: number; messages: number; tokens: number }>()((value) =>
      kysely
        .updateTable("sessions")
        .set(({ case: when, eb, ref }) => ({
          last_active_at: when().when("last_active_at", "<", value("at")).then(value("at")).else(ref("last_active_at")).end(),
          message_count: eb("message_count", "+", value("messages")),
          tokens_used: eb("tokens_used", "+", value("tokens")),
        }))
        .where("id", "=", value("id")),
    ),

    insertUserMessage: prepare<{ id: string; sessionId: string; runId: string; content: string; at: number }>()((value) =>
      kysely.insertInto("messages").values({
        id: value("id"),
        session_id: value("sessionId"),
        run_id: value("runId"),
        role: "user",
        content: value("content"),
        created_at: value("at"),
      }),
    ),

    insertRun: prepare<Omit<RunRecord, "requestId" | "faceOptions"> & { request: string }>()((value) =>
      kysely.insertInto("runs").values({
        id: value("id"),
        session_id: value("sessionId"),
        workspace_id: value("workspaceId"),
        agent_id: value("agentId"),
        key_id: value("keyId"),
        user_id: value("userId"),
        channel: value("channel"),
        face: value("face"),
        request: value("request"),
        status: "running",
        message_id: value("messageId"),
        created_at: value("createdAt"),
      }),
    ),

    /** Ends a run that is running; tells the session it belongs to by now. */
    endRun: prepare<RunOutcome & { errorCode: string | null; errorMessage: string | null; errorDetails: string | null; toolsInvoked: string }>()((value) =>
      kysely
        .updateTable("runs")
        .set({
          status: value("status"),
          model: value("model"),
          message_id: value("messageId"),
          content: value("content"),
          tool_calls: value("toolCalls"),
          finish_reason: value("finishReason"),
          input_tokens: value("inputTokens"),
          output_tokens: value("outputTokens"),
          latency_ms: value("latencyMs"),
          error_code: value("errorCode"),
          error_message: value("errorMessage"),
          error_details: value("errorDetails"),
          tools_invoked: value("toolsInvoked"),
          finished_at: value("finishedAt"),
        })
        .where("id", "=", value("runId"))
        .where("status", "=", "running")
        .returning("session_id"),
    ),

    forgetAnswer: prepare<{ runId: string }>()((value) =>
      kysely.updateTable("runs").set({ message_id: null, content: null, tool_calls: null }).where("id", "=", value("runId")),
    ),

    insertAnswer: prepare<RunOutcome & { id: string; sessionId: string; content: string }>()((value) =>
      kysely.insertInto("messages").values({
        id: value("id"),
        session_id: value("sessionId"),
        run_id: value("runId"),
        role: "assistant",
        content: value("content"),
        created_at: value("finishedAt"),
        model: value("model"),
        input_tokens: value("inputTokens"),
        output_tokens: value("outputTokens"),
        latency_ms: value("latencyMs"),
        finish_reason: value("finishReason"),
        tool_calls: value("toolCalls"),
      }),
    ),
  };
}

type RunOutcome = Pick<TurnEnd, "runId" | "status" | "messageId" | "model" | "finishReason" | "latencyMs" | "finishedAt"> & {
  [Name in keyof Usage]: Usage[Name] | null;
} & { content: string | null; toolCalls: string | null };
