import pino from "pino";
import { beforeEach, expect, test, vi } from "vitest";
import { createInbox } from "./inbox.ts";
import type { InboxMessage } from "./store.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"], now: 0 });
  return () => vi.useRealTimers();
});

const log = pino({ level: "silent" });

/** An inbox whose store the test can break. */
function inbox(texts: string[]) {
  const broken = { next: false, settle: false };
  const answered: string[] = [];
  const stopping = new AbortController();
  const left = texts.map((text): InboxMessage => ({ id: text, channel: "telegram", workspaceId: "default", chatId: "7", messageId: text, chatType: "direct", userId: "1", userName: "Anna", text, runId: `run_${text}`, partsSent: 0, openMessageId: null }));
  const made = createInbox({
    store: {
      async next() {
        if (broken.next) throw new Error("the disk is full");
        return left[0];
      },
      waitingChats: async () => ["7"],
      async settle() {
        if (broken.settle) throw new Error("the disk is full");
        left.shift();
      },
    },
    async answer({ text }) {
      answered.push(text);
      return { event: null };
    },
    isOpen: () => true,
    hurry: stopping.signal,
    log,
  });
  return { inbox: made, broken, answered, stopping };
}

test("what cannot be read now is answered later", async () => {
  const { inbox: made, broken, answered } = inbox(["One", "Two"]);
  broken.next = true;
  made.wake("telegram", "7");
  await vi.advanceTimersByTimeAsync(4_999);
  broken.next = false;
  expect(answered).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  await made.settled();
  expect(answered).toEqual(["One", "Two"]);
});

test("what is answered is not answered again because that cannot be noted", async () => {
  const { inbox: made, broken, answered } = inbox(["One", "Two"]);
  broken.settle = true;
  made.wake("telegram", "7");
  await vi.advanceTimersByTimeAsync(20_000);
  expect(answered).toEqual(["One"]);
  broken.settle = false;
  await vi.advanceTimersByTimeAsync(5_000);
  await made.settled();
  expect(answered).toEqual(["One", "Two"]);
});

test("a stop ends the waiting, and leaves the rest", async () => {
  const { inbox: made, broken, answered, stopping } = inbox(["One", "Two"]);
  broken.settle = true;
  made.wake("telegram", "7");
  await vi.advanceTimersByTimeAsync(1);
  stopping.abort(new Error("stopping"));
  await made.settled();
  expect(answered).toEqual(["One"]);
});
