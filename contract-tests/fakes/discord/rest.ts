import type { IncomingMessage, ServerResponse } from "node:http";
import type { Conditions } from "./conditions.ts";
import { botObject } from "./objects.ts";

/** A message of the bot's. */
export interface FakeSentMessage {
  id: string;
  channelId: string;
  content: string;
  nonce: string | undefined;
  /** The message that it quotes. */
  replyTo: string | undefined;
  allowedMentions: unknown;
}

/** `hang`: no answer. `cut`: the connection ends without one. `cut-after`: it does so once the request has been carried out. */
export type FakeFailure = "hang" | "cut" | "cut-after" | { status: number; body?: unknown; headers?: Readonly<Record<string, string>> };

export interface FakeRest {
  /** Method and path of every request, oldest first. */
  readonly requests: readonly string[];
  /** What the bot wrote, oldest first. */
  readonly sent: readonly FakeSentMessage[];
  readonly edits: readonly { channelId: string; messageId: string; content: string; allowedMentions: unknown }[];
  /** The channels in which the bot showed that it types. */
  readonly typed: readonly string[];
  /** Ids that are no channels; those which are in `users` are users. */
  readonly unknownChannels: Set<string>;
  readonly users: Set<string>;
  untilSent(count: number): Promise<void>;
  untilEdited(count: number): Promise<void>;
  untilTyped(count: number): Promise<void>;
  untilRequested(count: number): Promise<void>;
  /** Spoils the next requests, one each. */
  failNext(...failures: FakeFailure[]): void;
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

export function createFakeRest({ gatewayUrl, botToken, nextId, conditions: { changed, until } }: { gatewayUrl: string; botToken: string; nextId(): string; conditions: Conditions }): FakeRest {
  const requests: string[] = [];
  const sent: FakeSentMessage[] = [];
  const edits: { channelId: string; messageId: string; content: string; allowedMentions: unknown }[] = [];
  const typed: string[] = [];
  const failures: FakeFailure[] = [];
  const unknownChannels = new Set<string>();
  const users = new Set<string>();
  const directChats = new Map<string, string>();

  function carryOut(call: string, body: Record<string, unknown>): { status: number; body?: unknown } {
    if (call === "GET /gateway/bot") return { status: 200, body: { url: gatewayUrl, shards: 1, session_start_limit: { total: 1000, remaining: 999, reset_after: 0, max_concurrency: 1 } } };
    if (call === "POST /users/@me/channels") {
      const userId = String(body["recipient_id"]);
      if (!users.has(userId)) return invalid("recipient_id", "NUMBER_TYPE_COERCE", "That is no user.");
      const id = directChats.get(userId) ?? nextId();
      directChats.set(userId, id);
      return { status: 200, body: { id, type: 1 } };
    }
    const [, method, channelId = "", what = "", messageId = ""] = /^(\w+) \/channels\/(\d+)\/(messages|typing)(?:\/(\d+))?$/.exec(call) ?? [];
    if (what === "") return { status: 404, body: { message: "404: Not Found", code: 0 } };
    if (unknownChannels.has(channelId)) return { status: 404, body: { message: "Unknown Channel", code: 10_003 } };
    if (what === "typing") {
      typed.push(channelId);
      return { status: 204 };
    }
    const content = typeof body["content"] === "string" ? body["content"].trim() : "";
    if (content === "") return { status: 400, body: { message: "Cannot send an empty message", code: 50_006 } };
    if (Array.from(content).length > 2_000) return invalid("content", "BASE_TYPE_MAX_LENGTH", "Must be 2000 or fewer in length.");
    const allowedMentions = body["allowed_mentions"];
    if (method === "PATCH") {
      const edited = sent.find(({ id }) => id === messageId);
      if (!edited) return { status: 404, body: { message: "Unknown Message", code: 10_008 } };
      edited.content = content;
      edits.push({ channelId, messageId, content, allowedMentions });
      return { status: 200, body: { id: messageId } };
    }
    const nonce = body["nonce"] as string | undefined;
    const same = body["enforce_nonce"] === true ? sent.find((message) => message.nonce === nonce) : undefined;
    if (same) return { status: 200, body: { id: same.id } };
    const id = nextId();
    sent.push({ id, channelId, content, nonce, replyTo: (body["message_reference"] as { message_id?: string } | undefined)?.message_id, allowedMentions });
    return { status: 200, body: { id, channel_id: channelId, author: botObject(), content } };
  }

  return {
    requests,
    sent,
    edits,
    typed,
    unknownChannels,
    users,
    untilSent: (count) => until(() => sent.length >= count),
    untilEdited: (count) => until(() => edits.length >= count),
    untilTyped: (count) => until(() => typed.length >= count),
    untilRequested: (count) => until(() => requests.length >= count),
    failNext: (...more) => void failures.push(...more),
    async answer(request, response) {
      const call = `${request.method} ${request.url?.replace(/^\/api\/v10/, "")}`;
      const body = await readJson(request);
      requests.push(call);
      const failure = failures.shift();
      if (failure === "cut") response.destroy();
      else if (typeof failure === "object") reply(response, failure);
      else if (failure === undefined && request.headers.authorization !== `Bot ${botToken}`) reply(response, { status: 401, body: { message: "401: Unauthorized", code: 0 } });
      else if (failure !== "hang") {
        const answer = carryOut(call, body);
        if (failure === "cut-after") response.destroy();
        else reply(response, answer);
      }
      changed();
    },
  };
}

/** As Discord says that a field is wrong. */
function invalid(field: string, code: string, message: string): { status: number; body: unknown } {
  return { status: 400, body: { message: "Invalid Form Body", code: 50_035, errors: { [field]: { _errors: [{ code, message }] } } } };
}

function reply(response: ServerResponse, { status, body, headers = {} }: Exclude<FakeFailure, string>): void {
  response.writeHead(status, { ...(body !== undefined && { "content-type": "application/json" }), ...headers });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

async function readJson(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = "";
  request.setEncoding("utf8");
  for await (const chunk of request) text += String(chunk);
  return text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
}
