import { GatewayError } from "../errors.ts";
import type { Principal } from "../keys/principal.ts";
import { Run } from "./run.ts";
import type { RunRecord } from "./store.ts";

/** An ended run, made again from what is stored of it: the same events, with the text in one piece. */
export function replayEvents(record: RunRecord, principal: Principal): Run {
  const { id, face, requestId, sessionId, workspaceId, agentId, userId, channel, createdAt, isStreamed, faceOptions } = record;
  const run = new Run({ id, face, principal, requestId, sessionId, workspaceId, agentId, userId, channel, createdAt, isStreamed, faceOptions }, 0);
  const finishedAt = record.finishedAt ?? createdAt;
  run.messageId = record.messageId ?? "";
  run.model = record.model ?? "";
  run.content = record.content;
  if (record.model !== null) run.append({ type: "started", model: record.model }, 0);
  for (const { callId, name, input } of record.toolCalls) run.append({ type: "toolUse", callId, name, input }, 0);
  for (const { callId, name, output, isError } of record.toolCalls) run.append({ type: "toolResult", callId, name, output, isError }, output.length);
  if (record.content !== "") run.append({ type: "text", text: record.content }, record.content.length);
  if (record.status === "completed") {
    const { usage, latencyMs, toolsInvoked } = record;
    run.complete(
      {
        type: "finished",
        finishReason: record.finishReason ?? "stop",
        usage: usage ?? { inputTokens: 0, outputTokens: 0 },
        latencyMs: latencyMs ?? 0,
        toolsInvoked,
        callerToolCalls: [],
      },
      finishedAt,
    );
  } else {
    const { code, message, details } = record.error ?? { code: "internal_error", message: "The run failed.", details: {} };
    run.fail(new GatewayError(code, message, { details }), finishedAt);
  }
  return run;
}
