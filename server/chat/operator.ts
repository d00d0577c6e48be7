import type { ChatHandlers } from "../../generated/server/handlers.ts";
import { GatewayError } from "../errors.ts";
import type { RequestContext } from "../http/request-context.ts";
import type { Run } from "../runs/run.ts";
import type { Runs } from "../runs/service.ts";
import { streamAnswer, waitForResult } from "./answer.ts";
import { operatorFace } from "./faces/operator.ts";
import { resumeStream } from "./resume.ts";
import type { Chat } from "./service.ts";

/** `/message`: the operator edition, as JSON, as a stream, or in the background. */
export function createOperatorHandlers({ chat, runs }: { chat: Chat; runs: Runs }): Pick<ChatHandlers<RequestContext>, "message"> {
  return {
    async message({ body, headers: { "last-event-id": lastEventId } }, context) {
      const { channel, message, conversation_id: conversationId = null, wait_for_response: waits, timeout_ms: timeoutMs } = body;
      const { principal, requestId, reservedRun, wantsEvents } = context;
      if (lastEventId) return resumeStream(lastEventId, runs, (face) => (face === "operator" ? operatorFace : undefined), context);

      const run = await chat.begin({
        face: "operator",
        principal,
        requestId,
        reservedRun,
        message,
        sessionId: conversationId,
        sessionPrefix: "conv",
        channel,
        stream: wantsEvents || !waits,
        keep: !waits,
      });
      const headers = { "X-Run-Id": run.id };
      const sessionId = run.identity.sessionId ?? "";
      if (!waits) {
        context.run = run;
        return { status: 202, headers: { ...headers, Location: `/api/v1/runs/${run.id}` }, body: { run_id: run.id, conversation_id: sessionId, status: "running" } };
      }
      if (wantsEvents) return within(timeoutMs, run, streamAnswer(run, operatorFace, context));

      const { content, model, finished } = await within(timeoutMs, run, waitForResult(run, context));
      const { usage, latencyMs } = finished;
      return {
        status: 200,
        headers,
        body: {
          id: run.messageId,
          conversation_id: sessionId,
          channel,
          content,
          model,
          usage: { input_tokens: usage.inputTokens, output_tokens: usage.outputTokens },
          latency_ms: latencyMs,
        },
      };
    },
  };
}

/** Throws `timeout`, with the run's id in its details, when the answer takes longer. The run then goes on by itself. */
async function within<T>(timeoutMs: number, run: Run, answer: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    run.keep();
    reject(
      new GatewayError("timeout", `The answer took longer than ${timeoutMs} ms. The run goes on: see /api/v1/runs/${run.id}.`, {
        details: { run_id: run.id, conversation_id: run.identity.sessionId },
      }),
    );
  }, timeoutMs);
  answer.catch(() => {});
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
