import type { IncomingMessage, ServerResponse } from "node:http";
import type { SentSlackMessage, SlackMessage } from "./slack.ts";

/** A call of a method, with its arguments as the form had them. */
export interface Call {
  method: string;
  args: Readonly<Record<string, string>>;
}

/** One way to fail: an error by its name, a status (429 with `retryAfterSeconds`), a cut connection, no answer, or one that is no JSON. */
export type Failure =
  | { error: string; needed?: string }
  | { status: number; retryAfterSeconds?: number }
  | "cut"
  | "hang"
  | "html";

interface WebApiOptions {
  tokens: { bot: string; app: string };
  botUserId: string;
  people: ReadonlyMap<string, { name: string; isBot?: boolean }>;
  /** Everybody's; the bot's are added. */
  messages: SlackMessage[];
  nextTs(): string;
  socketUrl(): string;
  happened(): void;
}

type Answer = { ok: true; [field: string]: unknown } | { ok: false; error: string; needed?: string };

/** The methods that a connector uses, with the checks that Slack makes. See https://docs.slack.dev/reference/methods. */
export function createWebApi({ tokens, botUserId, people, messages, nextTs, socketUrl, happened }: WebApiOptions) {
  const calls: Call[] = [];
  const sent: SentSlackMessage[] = [];
  const failures = new Map<string, Failure[]>();

  const methods: Record<string, (args: Record<string, string>) => Answer> = {
    "auth.test": () => ({ ok: true, user_id: botUserId, bot_id: "BBOT", team_id: "T1", user: "claw" }),
    "apps.connections.open": () => ({ ok: true, url: socketUrl() }),
    "users.info"({ user = "" }) {
      const person = people.get(user);
      if (!person) return { ok: false, error: "user_not_found" };
      return { ok: true, user: { id: user, name: person.name.toLowerCase(), is_bot: person.isBot === true, profile: { display_name: person.name, real_name: `${person.name} Real` } } };
    },
    "conversations.open": ({ users = "" }) => (people.has(users) ? { ok: true, channel: { id: `D${users}` } } : { ok: false, error: "users_not_found" }),
    "conversations.replies"({ channel, ts }) {
      const found = messages.filter((message) => message.channel === channel && (message.ts === ts || message.threadTs === ts));
      return found.length === 0 ? { ok: false, error: "thread_not_found" } : { ok: true, messages: found.map((message) => ({ type: "message", ts: message.ts, user: message.user, text: message.text })) };
    },
    "chat.postMessage"(args) {
      const { channel = "", thread_ts: threadTs } = args;
      const text = shownText(args);
      if (!/^(?:[CDG]|#)/.test(channel)) return { ok: false, error: "channel_not_found" };
      if (text === "") return { ok: false, error: "no_text" };
      if (args["blocks"] !== undefined && text.length > 3000) return { ok: false, error: "invalid_blocks" };
      const message = { channel, ts: nextTs(), text, threadTs, edits: [], args };
      sent.push(message);
      messages.push({ channel, ts: message.ts, user: botUserId, text, threadTs });
      return { ok: true, channel, ts: message.ts, message: { user: botUserId, text } };
    },
    "chat.update"(args) {
      const { channel, ts } = args;
      const text = shownText(args);
      const message = sent.find((one) => one.channel === channel && one.ts === ts);
      if (!message) return { ok: false, error: "message_not_found" };
      if ((args["text"] ?? "").length > 4000) return { ok: false, error: "msg_too_long" };
      message.text = text;
      message.edits.push(text);
      return { ok: true, channel, ts, text };
    },
    "assistant.threads.setStatus": () => ({ ok: true }),
  };

  function answer(method: string, authorization: string | undefined, args: Record<string, string>): Answer {
    const token = method === "apps.connections.open" ? tokens.app : tokens.bot;
    if (authorization !== `Bearer ${token}`) return { ok: false, error: authorization === undefined ? "not_authed" : "invalid_auth" };
    return methods[method]?.(args) ?? { ok: false, error: "unknown_method" };
  }

  /** With blocks, those are what people see. */
  function shownText({ text = "", blocks }: Record<string, string>): string {
    if (blocks === undefined) return text;
    return (JSON.parse(blocks) as { text: { text: string } }[]).map((block) => block.text.text).join("\n");
  }

  const takeFailure = (method: string): Failure | undefined => failures.get(method)?.shift();

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let form = "";
    request.setEncoding("utf8");
    for await (const chunk of request) form += String(chunk);
    const args = Object.fromEntries(new URLSearchParams(form));
    const method = (request.url ?? "").replace("/api/", "");
    calls.push({ method, args });
    const failure = takeFailure(method);
    if (failure === "hang") return happened();
    if (failure === "cut") response.destroy();
    else if (failure === "html") response.writeHead(200, { "content-type": "text/html" }).end("<html>A captive portal</html>");
    else if (failure && "status" in failure) response.writeHead(failure.status, failure.retryAfterSeconds === undefined ? {} : { "retry-after": String(failure.retryAfterSeconds) }).end();
    else response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(failure ? { ok: false, ...failure } : answer(method, request.headers.authorization, args)));
    happened();
  }

  return {
    calls,
    sent,
    handle,
    takeFailure,
    failNext(method: string, failure: Failure): void {
      failures.set(method, [...(failures.get(method) ?? []), failure]);
    },
  };
}
