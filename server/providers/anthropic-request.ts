import { GatewayError } from "../errors.ts";
import type { ContentPart, ModelMessage, ModelRequest, ToolCall } from "./port.ts";

/** The API wants a bound in every request; this one is for callers that name none. */
const defaultMaxTokens = 4096;

type Block = Record<string, unknown> & { type: string };

/** The request as the JSON text of a Messages call. Throws `bad_request` for what the API cannot do, naming the parameter. */
export function encodeAnthropicRequest(request: ModelRequest): string {
  refuseUnsupported(request);
  const { responseFormat: format, temperature } = request;
  const hasTools = request.tools !== undefined && request.tools.length > 0;
  return JSON.stringify({
    model: request.model,
    max_tokens: request.maxTokens ?? defaultMaxTokens,
    system: systemOf(request.messages),
    messages: encodeMessages(request.messages),
    stream: request.stream,
    // The scale ends at 1 here and at 2 in our API; the API itself caps it so in its OpenAI face.
    temperature: temperature === undefined ? undefined : Math.min(temperature, 1),
    top_p: request.topP,
    stop_sequences: request.stop === undefined || request.stop.length === 0 ? undefined : request.stop,
    metadata: request.user === undefined ? undefined : { user_id: request.user },
    output_config: format?.type === "json_schema" ? { format: { type: "json_schema", schema: format.schema } } : undefined,
    ...(hasTools && {
      tools: request.tools?.map((tool) => ({ name: tool.name, description: tool.description, input_schema: tool.inputSchema, strict: tool.strict })),
      tool_choice: toolChoice(request),
    }),
  });
}

/** `seed` is let through unheard, since it is a best effort by definition; the penalties would change the answer. */
function refuseUnsupported(request: ModelRequest): void {
  const fault =
    request.responseFormat?.type === "json_object"
      ? { param: "response_format", message: "This model's provider has no response_format json_object. Use json_schema." }
      : (request.frequencyPenalty ?? 0) !== 0
        ? { param: "frequency_penalty", message: "This model's provider has no frequency_penalty." }
        : (request.presencePenalty ?? 0) !== 0
          ? { param: "presence_penalty", message: "This model's provider has no presence_penalty." }
          : undefined;
  if (fault !== undefined) throw new GatewayError("bad_request", fault.message, { details: { param: fault.param } });
}

function toolChoice({ toolChoice: choice, parallelToolCalls }: ModelRequest): unknown {
  if (choice === "none") return { type: "none" };
  const disable = parallelToolCalls === false ? { disable_parallel_tool_use: true } : {};
  if (typeof choice === "object") return { type: "tool", name: choice.name, ...disable };
  if (choice === "required") return { type: "any", ...disable };
  return parallelToolCalls === false ? { type: "auto", ...disable } : undefined;
}

function systemOf(messages: readonly ModelMessage[]): string | undefined {
  const texts = messages.flatMap((message) => (message.role === "system" && message.content !== "" ? [message.content] : []));
  return texts.length === 0 ? undefined : texts.join("\n\n");
}

/** The API knows two roles, which have to take turns, and no empty texts. */
function encodeMessages(messages: readonly ModelMessage[]): { role: string; content: Block[] }[] {
  const encoded: { role: string; content: Block[] }[] = [];
  for (const message of messages) {
    if (message.role === "system") continue;
    const role = message.role === "assistant" ? "assistant" : "user";
    const blocks = blocksOf(message);
    if (blocks.length === 0) continue;
    const last = encoded.at(-1);
    if (last?.role === role) last.content.push(...blocks);
    else encoded.push({ role, content: blocks });
  }
  return encoded;
}

function blocksOf(message: Exclude<ModelMessage, { role: "system" }>): Block[] {
  switch (message.role) {
    case "user":
      return typeof message.content === "string" ? textBlocks(message.content) : message.content.flatMap(partBlocks);
    case "assistant":
      return [...textBlocks(message.content), ...(message.toolCalls ?? []).map(toolUse)];
    case "tool":
      return [{ type: "tool_result", tool_use_id: safeId(message.callId), content: message.content, ...(message.isError === true && { is_error: true }) }];
  }
}

function textBlocks(text: string): Block[] {
  return text === "" ? [] : [{ type: "text", text }];
}

function partBlocks(part: ContentPart): Block[] {
  if (part.type === "text") return textBlocks(part.text);
  if (/^https?:/i.test(part.url)) return [{ type: "image", source: { type: "url", url: part.url } }];
  const comma = part.url.indexOf(",");
  const mediaType = /^data:(image\/[\w.+-]+)(?:;[^,]*)?;base64$/i.exec(part.url.slice(0, Math.max(comma, 0)))?.[1];
  if (mediaType === undefined) {
    throw new GatewayError("bad_request", "An image must be an http(s) URL or a base64 data URL of an image type.", { details: { param: "messages" } });
  }
  return [{ type: "image", source: { type: "base64", media_type: mediaType.toLowerCase(), data: part.url.slice(comma + 1) } }];
}

function toolUse(call: ToolCall): Block {
  return { type: "tool_use", id: safeId(call.id), name: call.name, input: inputOf(call.arguments) };
}

/** The API takes the input only as an object; what a model wrote that is none is handed back to it as it was. */
function inputOf(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Falls through to the text as it is.
  }
  return text.trim() === "" ? {} : { invalid_arguments: text };
}

/** Ids of calls may come from another provider's conversation; this API takes letters, digits, `_` and `-` only. */
function safeId(id: string): string {
  return /^[\w-]+$/.test(id) ? id : id.replaceAll(/[^\w-]/g, "_") || "call";
}
