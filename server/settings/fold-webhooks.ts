import { hash } from "node:crypto";
import { checkUrl } from "./check-url.ts";
import type { Folding } from "./folding.ts";
import type { WebhookSettings } from "./settings.ts";

/** The webhooks of both forms. `retries` counts the attempts after the first one, `maxAttempts` counts all. */
export function foldWebhooks(folding: Folding): WebhookSettings[] {
  const { api, webhooks } = folding.file;
  const seen = new Map<string, number>();

  function check(edition: WebhookSettings["edition"], url: string, secret: string, pointer: string): string {
    checkUrl(url, `${pointer}/url`, folding);
    if (secret === "") folding.fault(`${pointer}/secret`, "must not be empty.");
    const place = seen.get(`${edition} ${url}`) ?? 0;
    seen.set(`${edition} ${url}`, place + 1);
    return `hook_${hash("sha256", `openclaw webhook id\0${edition}\0${url}\0${place}`, "hex").slice(0, 16)}`;
  }

  const outgoing = (api?.webhooks?.outgoing ?? []).map(({ url, secret, events, retry = {}, timeoutMs = 5000, concurrency = 1 }, index): WebhookSettings => {
    const id = check("conversations", url, secret, `/api/webhooks/outgoing/${index}`);
    return { id, edition: "conversations", url, secret, events, maxAttempts: retry.maxAttempts ?? 3, backoffMs: retry.backoffMs ?? 5000, timeoutMs, concurrency };
  });
  const outbound = (webhooks?.outbound ?? []).map(({ url, secret, events, retries = 3, timeoutMs = 5000, concurrency = 1 }, index): WebhookSettings => {
    const id = check("workspaces", url, secret, `/webhooks/outbound/${index}`);
    return { id, edition: "workspaces", url, secret, events, maxAttempts: retries + 1, backoffMs: 5000, timeoutMs, concurrency };
  });
  return [...outgoing, ...outbound];
}
