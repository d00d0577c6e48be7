import { GatewayError, type ErrorCode } from "../errors.ts";
import type { Principal } from "../keys/principal.ts";
import type { FinishReason } from "../providers/port.ts";
import { Run } from "./run.ts";
import type { RunRecord } from "./store.ts";

/** An ended run, made again from what is stored of it: the same events, with the text in one piece. */
export function replayEvents(record: RunRecord, principal: Principal): Run {
  const { id, face, requestId, sessionId, workspaceId, agentId, userId, channel, createdAt, faceOptions } = record;
  const run = new Run({ id, face, principal, requestId, sessionId, workspaceId, agentId, userId, channel, createdAt, faceOptions }, 0);
  run.messageId = record.messageId ?? "";
  run.model = record.model ?? "";
  if (record.model !== null) run.append({ type: "started", model: record.model }, 0);
  for (const { callId, name, input } of record.toolCalls) run.append({ type: "toolUse", callId, name, input }, 0);
  for (const { callId, name, output, isError } of record.toolCalls) run.append({ type: "toolResult", callId, name, output, isError }, output.length);
  if (record.content !== "") run.append({ type: "text", text: record.content }, record.content.length);
  if (record.status === "completed") {
    run.complete(
      {
      type: "finished",
      finishReason: (record.finishReason ?? "stop") as FinishReason,
      usage: record.usage ?? { inputTokens: 0, outputTokens: 0 },
      latencyMs: record.latencyMs ?? 0,
      toolsInvoked: record.toolsInvoked,
      callerToolCalls: [],
      },
      record.finishedAt ?? record.createdAt,
    );
  } else {
    run.fail(new GatewayError((record.error?.code ?? "internal_error") as ErrorCode, record.error?.message ?? "The run failed.", { details: record.error?.details ?? {} }));
  }
  return run;
}
