import { once } from "node:events";
import { DatabaseSync } from "node:sqlite";
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";
import Router from "@koa/router";
import { createParser } from "eventsource-parser";
import Koa from "koa";
import { Pool } from "undici";
import { message } from "../requests.ts";
import { answer } from "./completions.ts";

/**
 * A process: the least that a gateway on our stack could do, and so the measure of what ours adds. It parses, asks the
 * upstream, keeps two rows, answers. It checks nothing, knows nobody, limits nothing and logs nothing.
 */
const { values } = parseArgs({ options: { port: { type: "string" }, upstream: { type: "string" }, database: { type: "string" } } });
const pool = new Pool(values.upstream ?? "");

const database = new DatabaseSync(values.database ?? ":memory:");
database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
database.exec("CREATE TABLE messages (id INTEGER PRIMARY KEY, session TEXT, role TEXT, content TEXT, created_at INTEGER)");
const begin = database.prepare("BEGIN IMMEDIATE");
const commit = database.prepare("COMMIT");
const insert = database.prepare("INSERT INTO messages (session, role, content, created_at) VALUES (?, ?, ?, ?)");

/** What a gateway would have read from its history before turn n, see `requests.ts`. */
const history = Array.from({ length: 10 }, () => [
  { role: "user", content: message },
  { role: "assistant", content: answer() },
]).flat();

interface Turn {
  sessionId?: string;
  turn: number;
  message: string;
  model?: string;
}

interface Completion {
  model: string;
  choices: [{ message: { content: string } }];
  usage: { prompt_tokens: number; completion_tokens: number };
}

interface Chunk {
  choices: { delta: { content?: string } }[];
  usage?: { prompt_tokens: number; completion_tokens: number };
}

const router = new Router();

router.get("/health", (context) => {
  context.body = { status: "ok" };
});

router.get("/readyz", (context) => {
  context.body = { status: "ok" };
});

router.post("/chat", async (context) => {
  const turn = JSON.parse(await text(context.req)) as Turn;
  const { body } = await ask(turn, false);
  const completion = JSON.parse(await body.text()) as Completion;
  const content = completion.choices[0].message.content;
  const session = turn.sessionId ?? "";
  const now = Date.now();
  begin.run();
  insert.run(session, "user", turn.message, now);
  const { lastInsertRowid } = insert.run(session, "assistant", content, now);
  commit.run();
  const usage = { inputTokens: completion.usage.prompt_tokens, outputTokens: completion.usage.completion_tokens };
  context.body = { status: "success", response: { content, messageId: String(lastInsertRowid), model: completion.model, usage } };
});

router.post("/stream", async (context) => {
  const turn = JSON.parse(await text(context.req)) as Turn;
  const gone = new AbortController();
  const { body } = await ask(turn, true, gone.signal);
  context.respond = false;
  const response = context.res;
  response.once("close", () => gone.abort());
  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" });
  const write = (event: object): boolean => response.write(`data: ${JSON.stringify(event)}\n\n`);

  const events: string[] = [];
  const parser = createParser({ onEvent: (event) => events.push(event.data) });
  let usage: Chunk["usage"];
  write({ type: "start", messageId: "msg_bench" });
  try {
    body.setEncoding("utf8");
    for await (const piece of body as AsyncIterable<string>) {
      parser.feed(piece);
      for (const data of events.splice(0)) {
        if (data === "[DONE]") continue;
        const chunk = JSON.parse(data) as Chunk;
        usage = chunk.usage ?? usage;
        const content = chunk.choices[0]?.delta.content;
        if (content !== undefined && !write({ type: "text", content })) await once(response, "drain", { signal: gone.signal });
      }
    }
    response.end(`data: ${JSON.stringify({ type: "end", usage: { inputTokens: usage?.prompt_tokens, outputTokens: usage?.completion_tokens } })}\n\n`);
  } catch (error) {
    if (!gone.signal.aborted) throw error;
  }
});

function ask(turn: Turn, stream: boolean, signal?: AbortSignal): ReturnType<Pool["request"]> {
  const messages = [...history.slice(0, turn.turn * 2), { role: "user", content: turn.message }];
  const model = turn.model ?? "mock-model";
  return pool.request({
    path: "/v1/chat/completions",
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer x" },
    body: JSON.stringify(stream ? { model, messages, stream, stream_options: { include_usage: true } } : { model, messages }),
    signal: signal ?? null,
  });
}

new Koa().use(router.routes()).listen(Number(values.port), "127.0.0.1");
// Not at once, but through `exit`: only so does Node write a profile.
process.once("SIGTERM", () => process.exit(0));
