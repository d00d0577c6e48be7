import type { components } from "../../generated/server/contract.ts";
import type { OpenAIHandlers } from "../../generated/server/handlers.ts";
import { streamAnswer, waitForResult } from "../chat/answer.ts";
import { GatewayError } from "../errors.ts";
import type { RequestContext } from "../http/request-context.ts";
import type { ListedModel, Providers } from "../providers/registry.ts";
import type { RunResult } from "../runs/run.ts";
import { completionId, openaiFace, openaiUsage } from "./chunks.ts";
import { decodeRequest, decodeTools } from "./request.ts";
import type { Completions } from "./service.ts";

type Schemas = components["schemas"];

export function createOpenaiHandlers({ completions, providers, startedAt }: { completions: Completions; providers: Providers; startedAt: number }): OpenAIHandlers<RequestContext> {
  const encodeModel = ({ id, provider }: ListedModel): Schemas["OpenaiModel"] => ({ id, object: "model", created: Math.floor(startedAt / 1000), owned_by: provider });

  return {
    async createChatCompletion({ body }, context) {
      const stream = body.stream === true;
      const run = await completions.begin({
        principal: context.principal,
        requestId: context.requestId,
        reservedRun: context.reservedRun,
        model: body.model,
        request: decodeRequest(body),
        callerTools: decodeTools(body.tools),
        stream,
        includeUsage: body.stream_options?.include_usage === true,
      });
      if (stream) return streamAnswer(run, openaiFace, context);
      return { status: 200, headers: { "X-Run-Id": run.id }, body: encodeCompletion(await waitForResult(run, context)) };
    },
    async listOpenaiModels(_request, { signal }) {
      return { status: 200, body: { object: "list", data: (await providers.list(signal)).map(encodeModel) } };
    },
    async getOpenaiModel({ path: { model } }, { signal }) {
      const models = await providers.list(signal);
      const found = models.find(({ id }) => id === model) ?? models.find(({ id }) => id.slice(id.indexOf("/") + 1) === model);
      if (!found) throw new GatewayError("not_found", `There is no model \`${model}\`.`, { details: { models: models.map(({ id }) => id) } });
      return { status: 200, body: encodeModel(found) };
    },
  };
}

function encodeCompletion({ run, content, model, finished }: RunResult): Schemas["ChatCompletion"] {
  const { messageId } = run;
  const { createdAt } = run.identity;
  const calls = finished.callerToolCalls.map(({ id, name, arguments: text }) => ({ id, type: "function" as const, function: { name, arguments: text } }));
  return {
    id: completionId(messageId),
    object: "chat.completion",
    created: Math.floor(createdAt / 1000),
    model,
    choices: [
      {
        index: 0,
        message: { role: "assistant", content: content === "" && calls.length > 0 ? null : content, refusal: null, ...(calls.length > 0 ? { tool_calls: calls } : {}) },
        logprobs: null,
        finish_reason: finished.finishReason,
      },
    ],
    usage: openaiUsage(finished),
  };
}
