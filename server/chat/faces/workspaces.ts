import { instant } from "../../http/encode.ts";
import { errorEvent } from "./error-event.ts";
import { sessionOf, type Face, type Schemas } from "./face.ts";

/** This edition has no event for the beginning: the run's id is in `X-Run-Id` and in each event's id. */
export const workspacesFace: Face<Schemas["MessageStreamEvent"]> = (event, run) => {
  switch (event.type) {
    case "started":
      return [];
    case "text":
      return [{ type: "token", content: event.text }];
    case "toolUse":
      return [{ type: "tool_use", tool: event.name, input: event.input, callId: event.callId }];
    case "toolApproval":
      return [{ type: "tool_approval", tool: event.name, input: event.input, callId: event.callId, expiresAt: instant(event.expiresAt) }];
    case "toolResult":
      return [{ type: "tool_result", tool: event.name, output: event.output, isError: event.isError, callId: event.callId }];
    case "finished":
      return [
        {
          type: "done",
          messageId: run.messageId,
          tokensUsed: event.usage.inputTokens + event.usage.outputTokens,
          latencyMs: event.latencyMs,
          sessionId: sessionOf(run),
          toolsInvoked: [...event.toolsInvoked],
          finishReason: event.finishReason,
        },
      ];
    case "failed":
      return [errorEvent(event.error, event.requestId)];
  }
};
