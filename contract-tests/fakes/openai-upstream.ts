/**
 * A fake of OpenAI's Chat Completions and Embeddings APIs, over real HTTP and SSE.
 *
 * It answers `You said: …`, calls a tool when the last user message asks for one it was given (`calculate 2+2`,
 * `read notes.txt`, `search memory for X`, `call <name> {json}` — several `call`s give several), and after a tool's result says
 * `The tool says: …`. Sentinels in the last user message, or in the model's name, make it misbehave. The Anthropic fake knows the same ones.
 *
 * | sentinel | what the fake does |
 * |---|---|
 * | `[400]` `[401]` `[403]` `[404]` `[413]` `[422]` `[429]` `[500]` `[502]` `[503]` `[529]` | answers that status in the protocol's error shape |
 * | `[429 7]` | the same with `Retry-After: 7`; works with every status |
 * | `[429-once]` `[500-once]` `[reset-once]` … | misbehaves on the first of two requests with the same text, answers the second |
 * | `[hang]` | accepts the request and never answers |
 * | `[reset]` | cuts the connection before the first byte |
 * | `[garbage]` | 200 with the right media type and a body that is not JSON |
 * | `[html]` | 200 with an HTML page |
 * | `[wrong-shape]` | 200 with JSON of another shape |
 * | `[hang-mid]` | streams some events, then nothing (JSON: half a body, then nothing) |
 * | `[close-mid]` | streams some events, then cuts the connection (JSON: half a body) |
 * | `[error-mid]` | streams some events, then an error event (JSON: a 500) |
 * | `[slow N]` | N words, one each 20 ms |
 * | `[words N]` | N words as fast as they are taken, for measurements |
 * | `[big N]` | N KiB of text in pieces of 1 KiB |
 * | `[endless]` | streams until the client goes; `bytesSent` shows whether back-pressure holds |
 * | `[obey]` | does what a tool's result says: `call <name> {json}` in it is a call, although no such tool was offered |
 * | `[length]` | stops after two words with finish reason `length` / `max_tokens` |
 * | `[filter]` | no text, finish reason `content_filter` / `refusal` |
 * | `[no-usage]` | (OpenAI only) never reports usage, as small local servers do |
 * | `[whole-tools]` | (OpenAI only) sends tool calls whole, without an index, with finish reason `stop`, as legacy servers do |
 *
 * `max_tokens` cuts the answer, with finish reason `length`. A model that is not in the list answers 404, as the real API does; `models` sets the list. With `apiKey` set, any other key answers 401.
 */
import { answer, countWords, cutTo, type Heard, type Said } from "./fake-model.ts";
import { misbehave, streamFrames } from "./misbehaviour.ts";
import { withoutSentinels, type Sentinel } from "./sentinels.ts";
import { startUpstreamServer, type Exchange, type FakeUpstream } from "./upstream-server.ts";

export interface FakeUpstreamOptions {
  models?: readonly string[];
  /** The only key that is let in; without it every key is. */
  apiKey?: string;
  /** Most words that a request may have. A longer one is refused as too long. */
  contextWindow?: number;
}

interface ChatBody {
  model?: unknown;
  stream?: boolean;
  stream_options?: { include_usage?: boolean };
  max_tokens?: number;
  max_completion_tokens?: number;
  messages?: { role: string; content?: string | { type: string; text?: string }[] | null; tool_call_id?: string }[];
  tools?: { function: { name: string } }[];
  tool_choice?: string | { function: { name: string } };
}

/** Starts the fake. `url` ends in `/v1`, as OpenAI's base URL does. */
export function startOpenAiUpstream(options: FakeUpstreamOptions = {}): Promise<FakeUpstream> {
  const models = options.models ?? ["gpt-5-mini", "gpt-5"];
  return startUpstreamServer("/v1", async (exchange) => {
    if (options.apiKey !== undefined && exchange.headers.authorization !== `Bearer ${options.apiKey}`) {
      return exchange.json(401, error(401, `Incorrect API key provided: ${exchange.headers.authorization ?? "none"}.`));
    }
    const route = `${exchange.method} ${exchange.path.split("?")[0]}`;
    if (route === "GET /v1/models") {
      return exchange.json(200, { object: "list", data: models.map((id) => ({ id, object: "model", created: 1_700_000_000, owned_by: "fake" })) });
    }
    if (route === "POST /v1/embeddings") return embed(exchange);
    if (route !== "POST /v1/chat/completions") return exchange.json(404, error(404, `Invalid URL (${exchange.method} ${exchange.path})`));
    await complete(exchange, models, options.contextWindow ?? Infinity);
  });
}

/** Vectors of what a text is about, of the few things that this model has heard of: vehicles, trees, drinks. */
function embed(exchange: Exchange): void {
  const { input } = exchange.body as { input: readonly string[] };
  const data = input.map((text, index) => ({ object: "embedding", index, embedding: [...subjects.map((subject) => (subject.test(text) ? 1 : 0)), 0.1] }));
  exchange.json(200, { object: "list", data, model: "fake-embeddings", usage: { prompt_tokens: 1, total_tokens: 1 } });
}

const subjects = [/\b(?:car|automobile)/i, /\b(?:oak|tree)/i, /\b(?:tea|drink)/i];

async function complete(exchange: Exchange, models: readonly string[], contextWindow: number): Promise<void> {
  const body = exchange.body as ChatBody;
  if (typeof body?.model !== "string" || !Array.isArray(body.messages) || body.messages.length === 0) {
    return exchange.json(400, error(400, "You must provide a model parameter and at least one message."));
  }
  const heard = listen(body);
  const sentinel = exchange.sentinels.read(heard.lastUserText, body.model);
  const streaming = body.stream === true;
  if (misbehave(exchange, sentinel, streaming, { error })) return;
  const model = withoutSentinels(body.model);
  if (!models.includes(model)) {
    return exchange.json(404, {
      error: { message: `The model \`${model}\` does not exist or you do not have access to it.`, type: "invalid_request_error", param: null, code: "model_not_found" },
    });
  }
  const words = countWords(JSON.stringify(body.messages));
  if (words > contextWindow) {
    const message = `This model's maximum context length is ${contextWindow} tokens. However, your messages resulted in ${words} tokens.`;
    return exchange.json(400, { error: { message, type: "invalid_request_error", param: "messages", code: "context_length_exceeded" } });
  }
  const said = cutTo(answer(heard, sentinel), body.max_completion_tokens ?? body.max_tokens ?? Number.POSITIVE_INFINITY);
  const usage = { prompt_tokens: words, completion_tokens: said.pieces.length + said.calls.length * 5 };
  if (streaming) {
    const frames = streamOf(model, said, sentinel, body.stream_options?.include_usage === true ? usage : undefined);
    return streamFrames(exchange, sentinel, frames, 3, frame(error(500, "The fake provider broke in the middle.")));
  }
  if (sentinel?.name === "error-mid") return exchange.json(500, error(500, "The fake provider broke."));
  const whole = completion(model, said, sentinel, usage);
  if (sentinel?.name === "hang-mid" || sentinel?.name === "close-mid") {
    await exchange.stream().write(JSON.stringify(whole).slice(0, 40));
    if (sentinel.name === "close-mid") setTimeout(() => exchange.destroy(), 20);
    return;
  }
  exchange.json(200, whole);
}

function listen(body: ChatBody): Heard {
  const messages = body.messages ?? [];
  const last = messages.at(-1);
  const lastUser = messages.findLast((message) => message.role === "user");
  const tools = body.tools?.map((tool) => tool.function.name) ?? [];
  const choice = body.tool_choice;
  return {
    lastUserText: textOf(lastUser?.content),
    toolResult: last?.role === "tool" ? textOf(last.content) : undefined,
    tools: choice === "none" ? [] : tools,
    mustCall: typeof choice === "object" ? choice.function.name : choice === "required" ? true : undefined,
  };
}

function textOf(content: string | { type: string; text?: string }[] | null | undefined): string {
  if (typeof content === "string") return content;
  return (content ?? []).map((part) => part.text ?? "").join(" ");
}

const reasons = { stop: "stop", length: "length", calls: "tool_calls", filter: "content_filter" } as const;

function toolCalls(said: Said): { id: string; type: string; function: { name: string; arguments: string } }[] {
  return said.calls.map((call, index) => ({ id: `call_fake_${index}`, type: "function", function: { name: call.name, arguments: call.arguments } }));
}

function completion(model: string, said: Said, sentinel: Sentinel | undefined, usage: object): object {
  const calls = toolCalls(said);
  const message = { role: "assistant", content: said.pieces.length === 0 ? null : said.pieces.join(""), ...(calls.length > 0 && { tool_calls: calls }) };
  return {
    id: "chatcmpl-fake",
    object: "chat.completion",
    created: 1_700_000_000,
    model,
    choices: [{ index: 0, message, finish_reason: sentinel?.name === "whole-tools" ? "stop" : reasons[said.reason] }],
    ...(sentinel?.name !== "no-usage" && { usage }),
  };
}

function streamOf(model: string, said: Said, sentinel: Sentinel | undefined, usage: object | undefined): string[] {
  const chunk = (delta: object, finish: string | null = null): string =>
    frame({
      id: "chatcmpl-fake",
      object: "chat.completion.chunk",
      created: 1_700_000_000,
      model,
      choices: [{ index: 0, delta, finish_reason: finish }],
      ...(usage !== undefined && { usage: null }),
    });
  const frames = [chunk({ role: "assistant", content: said.calls.length > 0 ? null : "" })];
  for (const piece of said.pieces) frames.push(chunk({ content: piece }));
  const calls = toolCalls(said);
  if (sentinel?.name === "whole-tools") {
    if (calls.length > 0) frames.push(chunk({ tool_calls: calls }));
    frames.push(chunk({}, "stop"));
  } else {
    for (const [index, call] of calls.entries()) {
      const half = Math.ceil(call.function.arguments.length / 2);
      frames.push(chunk({ tool_calls: [{ index, id: call.id, type: "function", function: { name: call.function.name, arguments: "" } }] }));
      frames.push(chunk({ tool_calls: [{ index, function: { arguments: call.function.arguments.slice(0, half) } }] }));
      frames.push(chunk({ tool_calls: [{ index, function: { arguments: call.function.arguments.slice(half) } }] }));
    }
    frames.push(chunk({}, reasons[said.reason]));
  }
  if (usage !== undefined && sentinel?.name !== "no-usage") {
    frames.push(frame({ id: "chatcmpl-fake", object: "chat.completion.chunk", created: 1_700_000_000, model, choices: [], usage }));
  }
  frames.push("data: [DONE]\n\n");
  return frames;
}

function frame(value: unknown): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}

function error(status: number, message: string): object {
  const type = status === 401 ? "authentication_error" : status === 429 ? "rate_limit_exceeded" : status < 500 ? "invalid_request_error" : "server_error";
  // The real API's 404 names the model that it does not have; our adapter tells it from a wrong base URL by that.
  const code = status === 404 && !message.startsWith("Invalid URL") ? "model_not_found" : null;
  return { error: { message, type, param: null, code } };
}
