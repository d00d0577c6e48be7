import { createHmac, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { PlatformCallback } from "../../../server/connectors/port.ts";
import { graphError, startGraphServer, type Failure, type GraphCall } from "./graph-server.ts";
import { callbackOf, textMessage, type Written } from "./callbacks.ts";

/** A text that the bot has sent. */
export interface SentText {
  id: string;
  /** The number, or the id of a person who hides it. */
  to: string;
  text: string;
  replyTo: string | null;
}

/** How a callback is signed: `none` lacks the header. */
export type Signing = "right" | "wrong" | "none";

/**
 * Meta, as far as the gateway knows it: the Graph API of one number (https://developers.facebook.com/docs/whatsapp/cloud-api), and
 * who calls the gateway's webhook, signs what it says, and says it again until it is answered 200.
 */
export interface FakeWhatsapp {
  /** The channel's part of the settings: with it the gateway talks to this fake. */
  readonly settings: { apiRoot: string; accessToken: string; phoneNumberId: string; verifyToken: string; appSecret: string };
  readonly apiRoot: string;
  /** Texts that the bot has sent, oldest first. */
  readonly sent: readonly SentText[];
  /** Ids of the messages below which the bot was shown typing. */
  readonly typing: readonly string[];
  /** Every call of the Graph API. */
  readonly calls: readonly GraphCall[];
  untilSent(count: number): Promise<void>;
  untilCalls(count: number): Promise<void>;
  /** The next calls of the Graph API fail, one after another. */
  failNext(...failures: Failure[]): void;
  /** From now on another token is wanted; null: the one of the settings. */
  changeToken(token: string | null): void;
  /** Makes a URL the webhook, after the handshake. Rejects when that is not answered with the challenge. */
  subscribe(url: string, verifyToken?: string): Promise<void>;
  /** A person writes: calls the webhook until it answers 200, at most five times. Resolves with the statuses, and what the message was called. */
  receive(message: Written): Promise<{ id: string; statuses: number[] }>;
  /** Calls the webhook once, with any body. */
  deliver(body: unknown, signing?: Signing): Promise<Response>;
  /** A request of Meta as the connector gets it, for tests without HTTP. */
  callback(body: unknown, signing?: Signing): PlatformCallback;
  close(): Promise<void>;
}

const mostDeliveries = 5;

export async function startFakeWhatsapp(): Promise<FakeWhatsapp> {
  const sent: SentText[] = [];
  const typing: string[] = [];
  const settings = { accessToken: "EAAJB-the-token-of-the-fake", phoneNumberId: "106540352242922", verifyToken: "a word for the fake", appSecret: "0123456789abcdef0123456789abcdef" };
  let token = settings.accessToken;
  let webhook: string | null = null;

  const graph = await startGraphServer((call) => {
    if (call.token !== token) return { status: 401, body: graphError({ code: 190, message: `Malformed access token ${call.token}` }) };
    const [, version, number, rest] = /^\/meta\/(v\d+\.\d+)\/(\d+)(\/messages|\?fields=verified_name)$/.exec(call.path) ?? [];
    if (version === undefined || number !== settings.phoneNumberId) return { status: 400, body: graphError({ code: 100, message: `Unsupported ${call.method.toLowerCase()} request. Object with that ID does not exist` }) };
    if (call.method === "GET" && rest === "?fields=verified_name") return { status: 200, body: { verified_name: "The Fake", id: number } };
    if (call.method === "POST" && rest === "/messages") return take(call.body as OutboundBody);
    return { status: 404, body: graphError({ code: 2500, message: "Unknown path components" }) };
  });

  function take(body: OutboundBody): { status: number; body: unknown } {
    const { messaging_product: product, status, message_id: messageId, type, text, to, recipient, context } = body;
    if (product !== "whatsapp") return invalid("messaging_product");
    if (status === "read" && messageId !== undefined) {
      if (body.typing_indicator?.type === "text") typing.push(messageId);
      return { status: 200, body: { success: true } };
    }
    const person = to ?? recipient;
    if (person === undefined) return invalid("to");
    if (type !== "text" || !text?.body || text.body.length > 4096) return invalid("text.body");
    const id = `wamid.${randomUUID()}`;
    sent.push({ id, to: person, text: text.body, replyTo: context?.message_id ?? null });
    return { status: 200, body: { messaging_product: "whatsapp", contacts: [{ input: person, ...(to ? { wa_id: to } : { user_id: person }) }], messages: [{ id }] } };
  }

  function signed(body: unknown, signing: Signing): { rawBody: Buffer; headers: Record<string, string> } {
    // As Meta writes it: what is not ASCII is escaped, so that parsing and writing again gives other bytes.
    const rawBody = Buffer.from(JSON.stringify(body).replaceAll(/[\u0080-\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`));
    const secret = signing === "right" ? settings.appSecret : "another secret";
    const signature = `sha256=${createHmac("sha256", secret).update(rawBody).digest("hex")}`;
    return { rawBody, headers: { "content-type": "application/json", "user-agent": "facebookexternalua", ...(signing === "none" ? {} : { "x-hub-signature-256": signature }) } };
  }

  async function deliver(body: unknown, signing: Signing = "right"): Promise<Response> {
    if (webhook === null) throw new Error("nobody has subscribed");
    const { rawBody, headers } = signed(body, signing);
    return fetch(webhook, { method: "POST", headers, body: rawBody });
  }

  return {
    settings: { ...settings, apiRoot: `${graph.url}/meta` },
    apiRoot: `${graph.url}/meta`,
    sent,
    typing,
    calls: graph.calls,
    untilSent: (count) => graph.until(() => sent.length >= count),
    untilCalls: (count) => graph.until(() => graph.calls.length >= count),
    failNext: graph.failNext,
    changeToken(next) {
      token = next ?? settings.accessToken;
    },
    async subscribe(url, verifyToken = settings.verifyToken) {
      const challenge = String(Math.trunc(Math.random() * 2 ** 31));
      const query = new URLSearchParams({ "hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": verifyToken });
      const response = await fetch(`${url}?${query.toString()}`);
      const text = await response.text();
      if (response.status !== 200 || text !== challenge) throw new Error(`the callback URL could not be validated: ${response.status} ${text}`);
      webhook = url;
    },
    async receive(written) {
      const message = textMessage(written);
      const statuses: number[] = [];
      while (statuses.at(-1) !== 200 && statuses.length < mostDeliveries) {
        if (statuses.length > 0) await sleep(20);
        const response = await deliver(callbackOf(settings.phoneNumberId, [message], [written]));
        await response.arrayBuffer();
        statuses.push(response.status);
      }
      return { id: message.id, statuses };
    },
    deliver,
    callback: (body, signing = "right") => ({ ...signed(body, signing), body }),
    close: graph.close,
  };
}

const invalid = (parameter: string) => ({ status: 400, body: graphError({ code: 100, message: "(#100) Invalid parameter", details: `The parameter ${parameter} is required` }) });

/** What may be posted to a number's messages. */
interface OutboundBody {
  messaging_product?: string;
  to?: string;
  recipient?: string;
  type?: string;
  text?: { body?: string; preview_url?: boolean };
  context?: { message_id: string };
  status?: string;
  message_id?: string;
  typing_indicator?: { type?: string };
}
