/**
 * A fake of Anthropic's Messages API, over real HTTP and SSE.
 *
 * It speaks and calls tools exactly as the fake of OpenAI does, and knows the sentinels of the table at the top of
 * `openai-upstream.ts`, less the two that say "OpenAI only". `[error-mid]` and `[529]` are Anthropic's `overloaded_error`.
 * It refuses what the real API refuses: no `max_tokens`, no `anthropic-version`, a `system` message among the messages,
 * two messages of one role in a row, a tool's result that does not follow its call.
 */
import type { FakeUpstreamOptions } from "./openai-upstream.ts";
import { answer, countWords, type Heard, type Said } from "./fake-model.ts";
import { misbehave, streamFrames } from "./misbehaviour.ts";
import { withoutSentinels } from "./sentinels.ts";
import { startUpstreamServer, type Exchange, type FakeUpstream } from "./upstream-server.ts";

interface Block {
  type: string;
  text?: string;
  id?: string;
  tool_use_id?: string;
  content?: string | Block[];
}

interface MessagesBody {
  model?: unknown;
  max_tokens?: unknown;
  stream?: boolean;
  messages?: { role: string; content: string | Block[] }[];
  tools?: { name: string }[];
  tool_choice?: { type: string; name?: string };
}

/** Starts the fake. `url` is the root, as Anthropic's base URL is. */
export function startAnthropicUpstream(options: FakeUpstreamOptions = {}): Promise<FakeUpstream> {
  const models = options.models ?? ["claude-sonnet-4-20250514"];
  return startUpstreamServer("", async (exchange) => {
    if (options.apiKey !== undefined && exchange.headers["x-api-key"] !== options.apiKey) return exchange.json(401, error(401, "invalid x-api-key"));
    const route = `${exchange.method} ${exchange.path.split("?")[0]}`;
    if (route === "GET /v1/models") {
      const data = models.map((id) => ({ type: "model", id, display_name: id, created_at: "2025-05-14T00:00:00Z" }));
      return exchange.json(200, { data, has_more: false, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null });
    }
    if (route !== "POST /v1/messages") return exchange.json(404, error(404, "Not Found"));
    await complete(exchange, models, options.contextWindow ?? Infinity);
  });
}

async function complete(exchange: Exchange, models: readonly string[], contextWindow: number): Promise<void> {
  const body = exchange.body as MessagesBody;
  const fault = refusal(exchange, body);
  if (fault !== undefined) return exchange.json(400, error(400, fault));
  const asked = String(body.model);
  const heard = listen(body);
  const sentinel = exchange.sentinels.read(heard.lastUserText, asked);
  const streaming = body.stream === true;
  if (misbehave(exchange, sentinel, streaming, { error })) return;
  const model = withoutSentinels(asked);
  if (!models.includes(model)) return exchange.json(404, error(404, `model: ${model}`));
  const inputTokens = countWords(JSON.stringify(body.messages));
  if (inputTokens > contextWindow) return exchange.json(400, error(400, `prompt is too long: ${inputTokens} tokens > ${contextWindow} maximum`));
  const said = answer(heard, sentinel);
  const outputTokens = said.pieces.length + said.calls.length * 5;
  if (streaming) return streamFrames(exchange, sentinel, streamOf(model, said, inputTokens, outputTokens), 5, frame(error(529, "Overloaded")));
  if (sentinel?.name === "error-mid") return exchange.json(529, error(529, "Overloaded"));
  const whole = {
    ...head(model),
    content: [...(said.pieces.length > 0 ? [{ type: "text", text: said.pieces.join("") }] : []), ...toolUses(said).map((call) => ({ ...call, input: JSON.parse(call.input) as unknown }))],
    stop_reason: reasons[said.reason],
    usage: { input_tokens: inputTokens, output_tokens: outputTokens },
  };
  if (sentinel?.name === "hang-mid" || sentinel?.name === "close-mid") {
    await exchange.stream().write(JSON.stringify(whole).slice(0, 40));
    if (sentinel.name === "close-mid") setTimeout(() => exchange.destroy(), 20);
    return;
  }
  exchange.json(200, whole);
}

function refusal(exchange: Exchange, body: MessagesBody | undefined): string | undefined {
  if (exchange.headers["anthropic-version"] !== "2023-06-01") return "anthropic-version: header is required";
  if (typeof body?.model !== "string") return "model: Field required";
  if (typeof body.max_tokens !== "number") return "max_tokens: Field required";
  if (!Array.isArray(body.messages) || body.messages.length === 0) return "messages: at least one message is required";
  let called = new Set<string | undefined>();
  for (const [index, message] of body.messages.entries()) {
    if (message.role !== "user" && message.role !== "assistant") return `messages.${index}.role: Input should be 'user' or 'assistant'`;
    if (message.role === body.messages[index - 1]?.role) return "messages: roles must alternate between \"user\" and \"assistant\"";
    const blocks = typeof message.content === "string" ? [] : message.content;
    if (message.content.length === 0) return `messages.${index}: all messages must have non-empty content`;
    if (blocks.some((block) => block.type === "text" && (block.text ?? "") === "")) return "messages: text content blocks must be non-empty";
    const stray = blocks.find((block) => block.type === "tool_result" && !called.has(block.tool_use_id));
    if (stray !== undefined) return `messages.${index}: unexpected tool_use_id found in tool_result blocks: ${stray.tool_use_id}`;
    called = new Set(blocks.filter((block) => block.type === "tool_use").map((block) => block.id));
  }
  return undefined;
}

function listen(body: MessagesBody): Heard {
  const messages = body.messages ?? [];
  const spoken = messages.findLast((message) => message.role === "user" && textOf(message.content) !== "");
  const last = messages.at(-1);
  const results = typeof last?.content === "object" ? last.content.filter((block) => block.type === "tool_result") : [];
  const choice = body.tool_choice;
  return {
    lastUserText: spoken === undefined ? "" : textOf(spoken.content),
    toolResult: results.length > 0 ? results.map((block) => textOf(block.content ?? "")).join(" ") : undefined,
    tools: choice?.type === "none" ? [] : (body.tools?.map((tool) => tool.name) ?? []),
    mustCall: choice?.type === "tool" ? choice.name : choice?.type === "any" ? true : undefined,
  };
}

function textOf(content: string | Block[]): string {
  if (typeof content === "string") return content;
  return content.flatMap((block) => (block.type === "text" ? [block.text ?? ""] : [])).join(" ");
}

const reasons = { stop: "end_turn", length: "max_tokens", calls: "tool_use", filter: "refusal" } as const;

function head(model: string): object {
  return { id: "msg_fake", type: "message", role: "assistant", model, content: [], stop_reason: null, stop_sequence: null };
}

function toolUses(said: Said): { type: string; id: string; name: string; input: string }[] {
  return said.calls.map((call, index) => ({ type: "tool_use", id: `toolu_fake_${index}`, name: call.name, input: call.arguments }));
}

function streamOf(model: string, said: Said, inputTokens: number, outputTokens: number): string[] {
  const frames = [frame({ type: "message_start", message: { ...head(model), usage: { input_tokens: inputTokens, output_tokens: 1 } } }), frame({ type: "ping" })];
  let index = 0;
  if (said.pieces.length > 0) {
    frames.push(frame({ type: "content_block_start", index, content_block: { type: "text", text: "" } }));
    for (const text of said.pieces) frames.push(frame({ type: "content_block_delta", index, delta: { type: "text_delta", text } }));
    frames.push(frame({ type: "content_block_stop", index }));
    index += 1;
  }
  for (const call of toolUses(said)) {
    const half = Math.ceil(call.input.length / 2);
    frames.push(frame({ type: "content_block_start", index, content_block: { ...call, input: {} } }));
    for (const partial of ["", call.input.slice(0, half), call.input.slice(half)]) {
      frames.push(frame({ type: "content_block_delta", index, delta: { type: "input_json_delta", partial_json: partial } }));
    }
    frames.push(frame({ type: "content_block_stop", index }));
    index += 1;
  }
  frames.push(frame({ type: "message_delta", delta: { stop_reason: reasons[said.reason], stop_sequence: null }, usage: { output_tokens: outputTokens } }));
  frames.push(frame({ type: "message_stop" }));
  return frames;
}

function frame(event: { type: string; [field: string]: unknown }): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

const errorTypes: Record<number, string> = {
  400: "invalid_request_error",
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  529: "overloaded_error",
};

function error(status: number, message: string): { type: string; [field: string]: unknown } {
  return { type: "error", error: { type: errorTypes[status] ?? (status < 500 ? "invalid_request_error" : "api_error"), message } };
}
