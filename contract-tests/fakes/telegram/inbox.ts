import type { Update } from "grammy/types";
import { refusal, type Answer } from "./answer.ts";

/** What Telegram keeps for the bot until it has it: the half of the fake that `getUpdates` and the webhook show. */
export interface Inbox {
  readonly waiting: number;
  readonly webhook: { url: string; secret: string | undefined } | null;
  readonly webhookAnswers: number[];
  add(make: (updateId: number) => Update, times: number): Update;
  /** Answers as soon as there is something, at the latest after `timeout` seconds. A second question ends the first. */
  poll(question: { offset?: number; timeout?: number }): Promise<Answer>;
  setWebhook(webhook: Inbox["webhook"]): void;
  webhookInfo(): object;
  /** Something is other than before. */
  changed(): void;
  close(): void;
}

/** Between two attempts to call a webhook. Telegram waits longer. */
const retryMs = 20;

export function createInbox(changed: () => void): Inbox {
  /** `left`: how often it is still delivered. */
  let queue: { update: Update; left: number }[] = [];
  const webhookAnswers: number[] = [];
  let updates = 0;
  let webhook: Inbox["webhook"] = null;
  let lastError: { last_error_date: number; last_error_message: string } | undefined;
  let endPoll: ((answer: Answer) => void) | undefined;
  let isClosed = false;
  let delivering = false;

  const waiting = () => queue.map(({ update }) => update);

  function confirm(offset: number): void {
    queue = queue.filter((entry) => entry.update.update_id >= offset || --entry.left > 0);
    changed();
  }

  async function deliver(): Promise<void> {
    if (delivering) return;
    delivering = true;
    while (webhook && queue.length > 0 && !isClosed) {
      const [first] = queue as [(typeof queue)[number]];
      const status = await call(webhook, first.update);
      webhookAnswers.push(status);
      if (status >= 200 && status < 300) {
        if (--first.left <= 0) queue = queue.filter((entry) => entry !== first);
      } else {
        lastError = { last_error_date: Math.ceil(Date.now() / 1000), last_error_message: status === 0 ? "Connection refused" : `Wrong response from the webhook: ${status}` };
        await new Promise((resolve) => setTimeout(resolve, retryMs));
      }
      changed();
    }
    delivering = false;
  }

  return {
    webhookAnswers,
    changed,
    get waiting() {
      return queue.length;
    },
    get webhook() {
      return webhook;
    },
    add(make, times) {
      const update = make(++updates + 10_000);
      queue.push({ update, left: times });
      endPoll?.({ ok: true, result: waiting() });
      void deliver();
      return update;
    },
    async poll({ offset = 0, timeout = 0 }) {
      if (webhook) return refusal(409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first");
      endPoll?.(refusal(409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"));
      confirm(offset);
      if (queue.length > 0 || timeout === 0) return { ok: true, result: waiting() };
      const ended = Promise.withResolvers<Answer>();
      const timer = setTimeout(() => ended.resolve({ ok: true, result: [] }), timeout * 1000);
      endPoll = ended.resolve;
      const answer = await ended.promise;
      clearTimeout(timer);
      if (endPoll === ended.resolve) endPoll = undefined;
      return answer;
    },
    setWebhook(next) {
      webhook = next;
      lastError = undefined;
      void deliver();
      changed();
    },
    webhookInfo: () => ({ url: webhook?.url ?? "", has_custom_certificate: false, pending_update_count: queue.length, ...lastError }),
    close() {
      isClosed = true;
      endPoll?.({ ok: true, result: [] });
    },
  };
}

async function call({ url, secret }: NonNullable<Inbox["webhook"]>, update: Update): Promise<number> {
  const headers = { "Content-Type": "application/json", ...(secret !== undefined && { "X-Telegram-Bot-Api-Secret-Token": secret }) };
  try {
    const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(update) });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return 0;
  }
}
