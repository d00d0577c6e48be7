import type { ChatHandlers, OperationRequest } from "../../generated/server/handlers.ts";
import type { RequestContext } from "../http/request-context.ts";
import type { Runs } from "../runs/service.ts";
import { streamAnswer, waitForResult } from "./answer.ts";
import { workspacesFace } from "./faces/workspaces.ts";
import { resumeStream } from "./resume.ts";
import type { Chat, ChatInput } from "./service.ts";

/** `/messages` and `/messages/stream`: the workspaces edition. */
export function createWorkspacesHandlers({ chat, runs }: { chat: Chat; runs: Runs }): Pick<ChatHandlers<RequestContext>, "sendMessage" | "streamMessage"> {
  return {
    async sendMessage({ body }, context) {
      const run = await chat.begin(decode(body, context, false));
      const { content, finished } = await waitForResult(run, context);
      const { messageId } = run;
      const { sessionId } = run.identity;
      return {
        status: 200,
        headers: { "X-Run-Id": run.id },
        body: {
          messageId,
          response: content,
          tokensUsed: finished.usage.inputTokens + finished.usage.outputTokens,
          latencyMs: finished.latencyMs,
          sessionId: sessionId ?? "",
          toolsInvoked: [...finished.toolsInvoked],
          finishReason: finished.finishReason,
        },
      };
    },
    async streamMessage({ body, headers: { "last-event-id": lastEventId } }, context) {
      if (lastEventId) return resumeStream(lastEventId, runs, (face) => (face === "workspaces" ? workspacesFace : undefined), context);
      return streamAnswer(await chat.begin(decode(body, context, true)), workspacesFace, context);
    },
  };
}

function decode(body: OperationRequest<"sendMessage">["body"], { principal, requestId, reservedRun }: RequestContext, stream: boolean): ChatInput {
  const { workspace, userId, message, sessionId = null, context } = body;
  return { face: "workspaces", principal, requestId, reservedRun, message, sessionId, sessionPrefix: "sess", channel: "api", stream, workspaceId: workspace, userId, context };
}
