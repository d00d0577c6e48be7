import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startAnthropicUpstream } from "../fakes/anthropic-upstream.ts";
import { startOpenAiUpstream } from "../fakes/openai-upstream.ts";
import type { FakeUpstream } from "../fakes/upstream-server.ts";
import { startTestGateway, type TestGateway } from "../harness/gateway.ts";
import { errorOf } from "./error-of.ts";
import { freshId } from "./ids.ts";

// Sessions longer than the models' windows. The fakes count words and refuse what is too long, as the real ones do.

interface Sent {
  system?: string;
  messages: { role: string; content: string | { text: string }[] }[];
}

const words = (count: number) => "word ".repeat(count).trim();

describe.each([
  { type: "openai", model: "gpt-5-mini", start: startOpenAiUpstream },
  { type: "anthropic", model: "claude-sonnet-4-20250514", start: startAnthropicUpstream },
])("behind a provider of type $type", ({ type, model, start }) => {
  let upstream: FakeUpstream;
  let gateway: TestGateway;

  beforeAll(async () => {
    upstream = await start({ contextWindow: 400 });
    const provider = { type, baseUrl: upstream.url, apiKey: "key", maxRetries: 0 };
    gateway = await startTestGateway({
      settings: {
        models: {
          default: `known/${model}`,
          // The same server twice: one whose window the settings tell, and one that is believed to have a usual one.
          providers: { known: { ...provider, models: [{ id: model, contextWindow: 500 }] }, believed: provider },
        },
        agents: {
          list: [
            { id: "main", tools: [] },
            { id: "believing", tools: [], model: `believed/${model}` },
            { id: "summarizing", tools: [], systemPrompt: "Be brief.", summarize: true },
          ],
        },
      },
    });
  });
  afterAll(async () => {
    await gateway.close();
    await upstream.close();
  });

  const say = async (agentId: string, sessionId: string, message: string) => {
    const response = await gateway.call("/api/v1/chat", { json: { agentId, sessionId, message } });
    return { status: response.status, runId: response.headers.get("X-Run-Id"), body: await response.json() };
  };
  const inputTokensOf = async (runId: string | null) => ((await (await gateway.call(`/api/v1/runs/${runId}`)).json()) as { usage: { inputTokens: number } }).usage.inputTokens;
  const sent = () => upstream.requests.filter(({ method }) => method === "POST").map(({ body }) => body as Sent);
  const textOf = ({ content }: Sent["messages"][number]) => (typeof content === "string" ? content : content.map(({ text }) => text).join());

  test("a session goes on however long it is, with what fits of it", async () => {
    upstream.reset();
    const sessionId = freshId();
    for (let turn = 0; turn < 8; turn++) expect((await say("main", sessionId, `turn ${turn} ${words(60)}`)).status).toBe(200);
    const last = sent().at(-1)!.messages;
    expect(sent()).toHaveLength(8);
    expect(last.length).toBeLessThan(15);
    expect(last[0]).toMatchObject({ role: "user" });
    expect(textOf(last.at(-1)!)).toContain("turn 7");
  });

  test("and also when the window is smaller than was believed: asked again with half of it", async () => {
    upstream.reset();
    const sessionId = freshId();
    for (let turn = 0; turn < 5; turn++) expect((await say("believing", sessionId, `turn ${turn} ${words(60)}`)).status).toBe(200);
    expect(sent().length).toBeGreaterThan(5);
    const [refused, taken] = sent().slice(-2).map(({ messages }) => messages);
    expect(taken!.length).toBeLessThan(refused!.length);
    expect(textOf(taken!.at(-1)!)).toBe(textOf(refused!.at(-1)!));
  });

  test("a message that is too long by itself is a 400 that says so, of the gateway or of the provider", async () => {
    const sessionId = freshId();
    const known = await say("main", sessionId, words(2000));
    expect(known.status).toBe(400);
    expect(errorOf(known.body)).toMatchObject({ code: "bad_request" });
    expect(known.body).toMatchObject({ details: { reason: "context_length_exceeded", contextWindow: 500, estimatedTokens: expect.any(Number) } });
    expect((await gateway.call(`/api/v1/sessions/${sessionId}`)).status).toBe(404);

    const believed = await say("believing", freshId(), words(2000));
    expect(believed.status).toBe(400);
    expect(believed.body).toMatchObject({ error: "bad_request", details: { reason: "context_length_exceeded", provider: "believed" } });
  });

  test("an agent that summarizes is told what was said, in its system text; the summary's tokens are the turn's", async () => {
    upstream.reset();
    const sessionId = freshId();
    const answers = [];
    for (let turn = 0; turn < 8; turn++) answers.push(await say("summarizing", sessionId, `turn ${turn} ${words(60)}`));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    const systems = sent().map((body) => body.system ?? textOf(body.messages[0]!));
    const summaries = systems.filter((system) => system.includes("Answer with the summary alone"));
    expect(summaries.length).toBeGreaterThan(0);
    expect(sent()).toHaveLength(8 + summaries.length);
    expect(systems.at(-1)).toMatch(/^Be brief\.\n\nWhat was said so far, in short\. .*\nYou said: The conversation:/s);
    const plain = await say("main", freshId(), `turn 0 ${words(60)}`);
    const tokens = await Promise.all(answers.map(({ runId }) => inputTokensOf(runId)));
    expect(Math.max(...tokens)).toBeGreaterThan(3 * (await inputTokensOf(plain.runId)));
  });

  test("OpenAI's own clients find the provider's refusal under the code they know", async () => {
    const response = await gateway.call("/api/v1/openai/chat/completions", { json: { model: `believed/${model}`, messages: [{ role: "user", content: words(2000) }] } });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { type: "invalid_request_error", code: "context_length_exceeded" } });
  });
});
