import type { OperationRequest } from "../../generated/server/handlers.ts";
import type { components } from "../../generated/server/contract.ts";
import type { ContentPart, ModelMessage, ModelRequest, ResponseFormat, ToolDefinition } from "../providers/port.ts";

// OpenAI's request, decoded into what a provider is asked.

type Body = OperationRequest<"createChatCompletion">["body"];
type Schemas = components["schemas"];

/** The request less the model, the messages' tools and whether it streams. */
export function decodeRequest(body: Body): Omit<ModelRequest, "tools" | "model" | "stream"> {
  const maxTokens = body.max_completion_tokens ?? body.max_tokens;
  return {
    messages: body.messages.map(decodeMessage),
    ...defined({
      maxTokens,
      temperature: body.temperature,
      topP: body.top_p,
      stop: typeof body.stop === "string" ? [body.stop] : body.stop,
      seed: body.seed,
      frequencyPenalty: body.frequency_penalty,
      presencePenalty: body.presence_penalty,
      parallelToolCalls: body.parallel_tool_calls,
      user: body.user,
      toolChoice: typeof body.tool_choice === "object" ? { name: body.tool_choice.function.name } : body.tool_choice,
      responseFormat: body.response_format && decodeFormat(body.response_format),
    }),
  };
}

export function decodeTools(tools: Body["tools"]): ToolDefinition[] {
  return (tools ?? []).map(({ function: { name, description, parameters, strict } }) => ({
    name,
    inputSchema: parameters ?? { type: "object", properties: {} },
    ...defined({ description, strict }),
  }));
}

function decodeMessage(message: Schemas["OpenaiMessage"]): ModelMessage {
  switch (message.role) {
    case "system":
    case "developer":
      return { role: "system", content: textOf(message.content), ...defined({ name: message.name }) };
    case "user":
      return { role: "user", content: typeof message.content === "string" ? message.content : message.content.map(decodePart), ...defined({ name: message.name }) };
    case "tool":
      return { role: "tool", callId: message.tool_call_id, content: textOf(message.content) };
    case "assistant": {
      const calls = message.tool_calls?.map(({ id, function: { name, arguments: text } }) => ({ id, name, arguments: text }));
      return { role: "assistant", content: textOf(message.content ?? message.refusal ?? ""), ...defined({ toolCalls: calls, name: message.name }) };
    }
  }
}

function decodePart(part: Schemas["OpenaiUserPart"]): ContentPart {
  if (part.type === "text") return { type: "text", text: part.text };
  return { type: "image", url: part.image_url.url, ...defined({ detail: part.image_url.detail }) };
}

function textOf(content: string | readonly Schemas["OpenaiTextPart"][]): string {
  return typeof content === "string" ? content : content.map(({ text }) => text).join("");
}

function decodeFormat(format: Schemas["OpenaiResponseFormat"]): ResponseFormat {
  if (format.type !== "json_schema") return format;
  const { name, description, schema = {}, strict } = format.json_schema;
  return { type: "json_schema", name, schema, ...defined({ description, strict }) };
}

type Defined<T> = { [K in keyof T]?: NonNullable<T[K]> };

/** The members that are there: OpenAI's clients send null for what they leave open. */
function defined<T extends object>(values: T): Defined<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== null)) as Defined<T>;
}
