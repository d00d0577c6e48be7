import { instant } from "../../http/encode.ts";
import { errorEvent } from "./error-event.ts";
import { sessionOf, type Face, type Schemas } from "./face.ts";

export const conversationsFace: Face<Schemas["ConversationsChatEvent"]> = (event, run) => {
  switch (event.type) {
    case "started":
      return [{ type: "start", conversationId: sessionOf(run), messageId: run.messageId, runId: run.id }];
    case "text":
      return [{ type: "delta", content: event.text }];
    case "toolUse":
      return [{ type: "tool_use", name: event.name, input: event.input, callId: event.callId }];
    case "toolApproval":
      return [{ type: "tool_approval", name: event.name, input: event.input, callId: event.callId, expiresAt: instant(event.expiresAt) }];
    case "toolResult":
      return [{ type: "tool_result", name: event.name, output: event.output, isError: event.isError, callId: event.callId }];
    case "finished":
      return [{ type: "done", usage: event.usage, finishReason: event.finishReason, latency: event.latencyMs }];
    case "failed":
      return [errorEvent(event.error, event.requestId, "rate_limit_exceeded")];
  }
};
