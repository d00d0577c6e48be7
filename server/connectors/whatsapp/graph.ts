import { Agent } from "undici";
import type { ChannelsSettings } from "../../settings/settings.ts";
import { ConnectorError } from "../port.ts";
import { exchange, NoAnswer } from "./exchange.ts";
import { lossOf, refusalOf } from "./graph-errors.ts";
import { textAt } from "./read.ts";

export type WhatsappSettings = NonNullable<ChannelsSettings["whatsapp"]>;

/** The two places of Meta's Graph API that the gateway uses: the number it sends from, and that number's messages. */
export interface Graph {
  /** The name that people see. */
  verifiedName(): Promise<string>;
  /** Posts a message, or what is told of one. Resolves with the new message's id; undefined where there is none. */
  post(message: object, signal?: AbortSignal): Promise<string | undefined>;
  /** Lets what is being posted end, for a while. */
  close(): Promise<void>;
}

/** The newest whose answers were looked at when this was written. Meta keeps each for two years at least. */
const version = "v24.0";

const closeTimeoutMs = 5_000;

/** One attempt a call, at most `timeoutMs` long. Everything throws ConnectorError. */
export function createGraph({ settings, timeoutMs }: { settings: WhatsappSettings; timeoutMs: number }): Graph {
  const { apiRoot, accessToken, phoneNumberId } = settings;
  const number = `${apiRoot.replace(/\/+$/, "")}/${version}/${encodeURIComponent(phoneNumberId)}`;
  const closing = new AbortController();
  const agent = new Agent({ headersTimeout: timeoutMs, bodyTimeout: timeoutMs });
  // Meta's own words quote a token that it finds malformed.
  const hideSecrets = (text: string) => text.replaceAll(accessToken, "[secret]");

  async function ask(method: "GET" | "POST", url: string, message: object | null, signal?: AbortSignal): Promise<unknown> {
    const limit = AbortSignal.timeout(timeoutMs);
    const headers: Record<string, string> = { authorization: `Bearer ${accessToken}`, accept: "application/json" };
    if (message) headers["content-type"] = "application/json";
    const request = { method, url: new URL(url), headers, body: message && JSON.stringify(message) };
    const answer = await exchange(agent, request, signal ? AbortSignal.any([limit, signal]) : limit).catch((error: unknown) => {
      throw error instanceof NoAnswer ? lossOf(error) : error;
    });
    if (answer.status !== 200) throw refusalOf(answer, hideSecrets);
    try {
      return JSON.parse(answer.body.toString("utf8"));
    } catch (cause) {
      throw new ConnectorError("unknown", "WhatsApp answered with something that is no JSON: is `channels.whatsapp.apiRoot` right?", { cause });
    }
  }

  return {
    async verifiedName() {
      return textAt(await ask("GET", `${number}?fields=verified_name`, null, closing.signal), "verified_name") ?? "";
    },
    async post(message, signal) {
      return textAt(await ask("POST", `${number}/messages`, { messaging_product: "whatsapp", ...message }, signal), "messages", 0, "id");
    },
    async close() {
      closing.abort();
      const limit = setTimeout(() => void agent.destroy(), closeTimeoutMs);
      await agent.close().catch(() => {});
      clearTimeout(limit);
    },
  };
}
