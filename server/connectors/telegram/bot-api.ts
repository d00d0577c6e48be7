import { Api } from "grammy";

export type BotApi = Api;

/** A signal as grammY's types want it: those of a polyfill, of which it uses what both have. */
export const signalFor = (signal: AbortSignal) => signal as unknown as NonNullable<Parameters<Api["getMe"]>[0]>;

/**
 * Telegram's Bot API, by grammY. A call is one attempt, and rejects with GrammyError where Telegram says no, with HttpError where
 * it says nothing; `readFailure` tells what became of it. No message of an error holds the token, though every URL does.
 */
export function createBotApi({ botToken, apiRoot, callTimeoutMs }: { botToken: string; apiRoot: string; callTimeoutMs: number }): BotApi {
  return new Api(botToken, {
    apiRoot: apiRoot.replace(/\/+$/, ""),
    timeoutSeconds: callTimeoutMs / 1000,
    fetch: request,
  });
}

interface Asked {
  method: string;
  body: string;
  /** Of a polyfill, which Node's `fetch` does not take for a signal. */
  signal: Pick<AbortSignal, "aborted" | "addEventListener">;
}

/**
 * Node's `fetch` in the place of node-fetch: it closes an idle connection before the other side does, so that fewer messages
 * meet one that is cut; it follows no redirect, which would take the token elsewhere; and it reads an answer that is not
 * Telegram's (a proxy's error page) as the error that its status says.
 */
async function request(url: string, { method, body, signal }: Asked): Promise<{ json(): Promise<unknown> }> {
  const cut = new AbortController();
  if (signal.aborted) cut.abort();
  else signal.addEventListener("abort", () => cut.abort(), { once: true });
  const response = await fetch(url, { method, body, headers: { "content-type": "application/json" }, redirect: "manual", signal: cut.signal });
  const { status, statusText } = response;
  const answer = readAnswer(await response.text());
  return { json: async () => answer ?? { ok: false, error_code: status < 300 ? 502 : status, description: status < 300 ? "the answer is not Telegram's" : statusText } };
}

function readAnswer(text: string): unknown {
  try {
    const answer: unknown = JSON.parse(text);
    return typeof answer === "object" && answer !== null && "ok" in answer ? answer : undefined;
  } catch {
    return undefined;
  }
}
