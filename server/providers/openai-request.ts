import type { ContentPart, ModelMessage, ModelRequest, ToolDefinition } from "./port.ts";

/** The name by which the provider knows the bound of an answer's tokens. */
export type MaxTokensField = "max_completion_tokens" | "max_tokens";

/** The request as the JSON text of a Chat Completions call. What is undefined is left out by `JSON.stringify`. */
export function encodeOpenAiRequest(request: ModelRequest, maxTokensField: MaxTokensField): string {
  const { tools = [] } = request;
  const hasTools = tools.length > 0;
  const text = JSON.stringify({
    model: request.model,
    messages: request.messages.map(encodeMessage),
    stream: request.stream,
    stream_options: request.stream ? { include_usage: true } : undefined,
    [maxTokensField]: request.maxTokens,
    temperature: request.temperature,
    top_p: request.topP,
    stop: request.stop === undefined || request.stop.length === 0 ? undefined : request.stop,
    seed: request.seed,
    frequency_penalty: request.frequencyPenalty,
    presence_penalty: request.presencePenalty,
    user: request.user,
    response_format: responseFormat(request),
    // `tool_choice` and `parallel_tool_calls` without tools are errors to OpenAI.
    ...(hasTools && {
      tool_choice: typeof request.toolChoice === "object" ? { type: "function", function: { name: request.toolChoice.name } } : request.toolChoice,
      parallel_tool_calls: request.parallelToolCalls,
    }),
  });
  return hasTools ? `${text.slice(0, -1)},"tools":${encodeTools(tools)}}` : text;
}

/** An agent's tools are the same list in every turn, and often longer than what is said. */
const encodedTools = new WeakMap<readonly ToolDefinition[], string>();

function encodeTools(tools: readonly ToolDefinition[]): string {
  let text = encodedTools.get(tools);
  if (text === undefined) {
    const functions = tools.map((tool) => ({ type: "function", function: { name: tool.name, description: tool.description, parameters: tool.inputSchema, strict: tool.strict } }));
    encodedTools.set(tools, (text = JSON.stringify(functions)));
  }
  return text;
}

function responseFormat({ responseFormat: format }: ModelRequest): unknown {
  if (format === undefined || format.type === "text") return undefined;
  if (format.type === "json_object") return { type: "json_object" };
  return { type: "json_schema", json_schema: { name: format.name, description: format.description, schema: format.schema, strict: format.strict } };
}

function encodeMessage(message: ModelMessage): unknown {
  switch (message.role) {
    case "system":
      return message;
    case "user":
      return { role: "user", content: typeof message.content === "string" ? message.content : message.content.map(encodePart), name: message.name };
    case "assistant":
      if (message.toolCalls === undefined || message.toolCalls.length === 0) return { role: "assistant", content: message.content, name: message.name };
      return {
        role: "assistant",
        content: message.content === "" ? null : message.content,
        name: message.name,
        tool_calls: message.toolCalls.map((call) => ({ id: call.id, type: "function", function: { name: call.name, arguments: call.arguments } })),
      };
    case "tool":
      // The protocol has no place for "this failed", so it is said in words.
      return { role: "tool", tool_call_id: message.callId, content: message.isError === true ? `Error: ${message.content}` : message.content };
  }
}

function encodePart(part: ContentPart): unknown {
  return part.type === "text" ? part : { type: "image_url", image_url: { url: part.url, detail: part.detail } };
}
