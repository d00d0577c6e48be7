import { instant } from "../../http/encode.ts";
import { errorEvent } from "./error-event.ts";
import { sessionOf, type Face, type Schemas } from "./face.ts";

export const operatorFace: Face<Schemas["OperatorMessageEvent"]> = (event, run) => {
  switch (event.type) {
    case "started":
      return [{ type: "start", conversation_id: sessionOf(run), message_id: run.messageId, run_id: run.id }];
    case "text":
      return [{ type: "delta", content: event.text }];
    case "toolUse":
      return [{ type: "tool_use", name: event.name, input: event.input, call_id: event.callId }];
    case "toolApproval":
      return [{ type: "tool_approval", name: event.name, input: event.input, call_id: event.callId, expires_at: instant(event.expiresAt) }];
    case "toolResult":
      return [{ type: "tool_result", name: event.name, output: event.output, is_error: event.isError, call_id: event.callId }];
    case "finished":
      return [
        {
          type: "done",
          usage: { input_tokens: event.usage.inputTokens, output_tokens: event.usage.outputTokens },
          finish_reason: event.finishReason,
          latency_ms: event.latencyMs,
        },
      ];
    case "failed":
      return [errorEvent(event.error, event.requestId)];
  }
};
