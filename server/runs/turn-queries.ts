import type { FinishReason } from "../providers/port.ts";
import type { Database } from "../storage/database.ts";
import { prepare } from "../storage/prepared.ts";
import type { RunStatus } from "./run.ts";
import type { NewSession } from "./store.ts";

/** The statements of a turn's two transactions, each built once. */
export function turnQueries({ kysely }: Database) {
  return {
    insertSession: prepare<NewSession & { at: number }>()((value) =>
      kysely.insertInto("sessions").values({
        id: value("id"),
        workspace_id: value("workspaceId"),
        agent_id: value("agentId"),
        user_id: value("userId"),
        channel: value("channel"),
        title: value("title"),
        created_at: value("createdAt"),
        last_active_at: value("at"),
        message_count: 0,
        tokens_used: 0,
      }),
    ),
    /** The time of the last activity never goes back, or a page of the list would repeat what the one before had. */
    touchSession: prepare<{ id: string; at: number; messages: number; tokens: number }>()((value) =>
      kysely
        .updateTable("sessions")
        .set((its) => ({
          last_active_at: its.case().when("last_active_at", "<", value("at")).then(value("at")).else(its.ref("last_active_at")).end(),
          message_count: its.eb("message_count", "+", value("messages")),
          tokens_used: its.eb("tokens_used", "+", value("tokens")),
        }))
        .where("id", "=", value("id")),
    ),
    insertQuestion: prepare<{ id: string; sessionId: string; runId: string; content: string; at: number }>()((value) =>
      kysely.insertInto("messages").values({ id: value("id"), session_id: value("sessionId"), run_id: value("runId"), role: "user", content: value("content"), created_at: value("at") }),
    ),
    insertAnswer: prepare<{
      id: string;
      sessionId: string;
      runId: string;
      content: string;
      at: number;
      model: string | null;
      inputTokens: number | null;
      outputTokens: number | null;
      latencyMs: number;
      finishReason: FinishReason | null;
      toolCalls: string | null;
    }>()((value) =>
      kysely.insertInto("messages").values({
        id: value("id"),
        session_id: value("sessionId"),
        run_id: value("runId"),
        role: "assistant",
        content: value("content"),
        created_at: value("at"),
        model: value("model"),
        input_tokens: value("inputTokens"),
        output_tokens: value("outputTokens"),
        latency_ms: value("latencyMs"),
        finish_reason: value("finishReason"),
        tool_calls: value("toolCalls"),
      }),
    ),
    insertRun: prepare<{
      id: string;
      sessionId: string | null;
      workspaceId: string;
      agentId: string;
      keyId: string;
      userId: string | null;
      channel: string;
      face: string;
      request: string;
      messageId: string | null;
      at: number;
    }>()((value) =>
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
        input_tokens: 0,
        output_tokens: 0,
        created_at: value("at"),
      }),
    ),
    endRun: prepare<{
      id: string;
      status: RunStatus;
      model: string | null;
      messageId: string | null;
      content: string | null;
      toolCalls: string | null;
      finishReason: FinishReason | null;
      inputTokens: number | null;
      outputTokens: number | null;
      costNanoUsd: number | null;
      priceVersion: string | null;
      latencyMs: number;
      errorCode: string | null;
      errorMessage: string | null;
      errorDetails: string | null;
      toolsInvoked: string | null;
      at: number;
    }>()((value) =>
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
          cost_nano_usd: value("costNanoUsd"),
          price_version: value("priceVersion"),
          latency_ms: value("latencyMs"),
          error_code: value("errorCode"),
          error_message: value("errorMessage"),
          error_details: value("errorDetails"),
          tools_invoked: value("toolsInvoked"),
          finished_at: value("at"),
        })
        .where("id", "=", value("id"))
        .where("status", "=", "running")
        .returning(["session_id", "key_id"]),
    ),
    forgetAnswer: prepare<{ id: string }>()((value) =>
      kysely.updateTable("runs").set({ message_id: null, content: null, tool_calls: null }).where("id", "=", value("id")),
    ),
  };
}
