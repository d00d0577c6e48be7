import { beforeEach, describe, expect, test, vi } from "vitest";
import { ConnectorError } from "../connectors/port.ts";
import { createReply, type ReplyChat } from "./reply.ts";

const limit = 400;
const intervalMs = 3_000;

/** A chat that notes what it is told, and when. */
function chat(overrides: Partial<ReplyChat> = {}) {
  const told: string[] = [];
  let count = 0;
  const note = (what: string, text: string) => void told.push(`${Date.now()} ${what} ${text.length > 20 ? text.length : text}`);
  const reply = (progress = { partsSent: 0, openMessageId: null as string | null }) =>
    createReply(
      {
        maxTextLength: limit,
        editIntervalMs: intervalMs,
        async send(text, isOpen) {
          note(isOpen ? "open" : "send", text);
          return `m${++count}`;
        },
        edit: async (_id, text) => note("edit", text),
        close: async (_id, text) => note("close", text),
        ...overrides,
      },
      progress,
      () => Date.now(),
    );
  return { told, reply };
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"], now: 0 });
  return () => vi.useRealTimers();
});

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe("an answer as it is written", () => {
  test("is shown after a second, then edited once an interval while there is something new, and closed at the end", async () => {
    const { told, reply } = chat();
    const answer = reply();
    answer.write("One");
    await pass(999);
    expect(told).toEqual([]);
    await pass(1);
    answer.write("One two");
    await pass(10);
    answer.write("One two three");
    await pass(2_990);
    await pass(10_000);
    answer.write("One two three four");
    await pass(1);
    await answer.end("One two three four five");
    expect(told).toEqual(["1000 open One", "4000 edit One two three", "14000 edit One two three four", "14001 close 23"]);
  });

  test("is shown at once when there is enough of it", async () => {
    const { told, reply } = chat();
    const answer = reply();
    answer.write("x");
    await pass(10);
    answer.write("x".repeat(200));
    await pass(1);
    await answer.abandon();
    expect(told).toEqual(["10 open 200"]);
  });

  test("is sent once when it is done within a second, and not at all when it is abandoned", async () => {
    const { told, reply } = chat();
    const answer = reply();
    answer.write("Done");
    await answer.end("Done.");
    const other = reply();
    other.write("Half an ans");
    await other.abandon();
    expect(told).toEqual(["0 send Done."]);
  });

  test("goes on in a next message when it outgrows one", async () => {
    const { told, reply } = chat();
    const answer = reply();
    const words = (count: number) => "word ".repeat(count);
    answer.write(words(60));
    await pass(1);
    answer.write(words(130));
    await pass(5_000);
    await answer.end(words(200));
    expect(told).toEqual(["0 open 299", "3000 close 399", "3000 open 249", "5001 close 399", "5001 send 199"]);
  });

  test("is not edited where it stands there whole already", async () => {
    const { told, reply } = chat();
    const answer = reply();
    answer.write("All of it");
    await pass(1_000);
    await answer.end("All of it");
    expect(told.map((line) => line.split(" ")[1])).toEqual(["open", "close"]);
  });
});

describe("an edit that fails", () => {
  test("on the way is left out; told to wait, the next one waits", async () => {
    const edit = vi.fn<ReplyChat["edit"]>().mockRejectedValueOnce(new ConnectorError("unavailable", "busy", { retryAfterMs: 9_000 })).mockResolvedValue();
    const { told, reply } = chat({ edit });
    const answer = reply();
    answer.write("One");
    await pass(1_000);
    answer.write("One two");
    await pass(3_000);
    expect(edit).toHaveBeenCalledTimes(1);
    await pass(8_999);
    expect(edit).toHaveBeenCalledTimes(1);
    await pass(1);
    expect(edit).toHaveBeenCalledTimes(2);
    await answer.end("One two three");
    expect(told.at(-1)).toContain("close");
  });

  test("for good at the end has the part sent anew", async () => {
    const { told, reply } = chat({ close: async () => Promise.reject(new ConnectorError("refused", "message to edit not found")) });
    const answer = reply({ partsSent: 0, openMessageId: "gone" });
    await answer.end("The answer");
    expect(told).toEqual(["0 send The answer"]);
  });
});

test("a part that cannot be sent ends the answer, which is told at its end", async () => {
  const refused = new ConnectorError("refused", "blocked");
  const { reply } = chat({ send: async () => Promise.reject(refused) });
  const answer = reply();
  answer.write("Hello");
  await pass(1_000);
  answer.write("Hello there");
  await expect(answer.end("Hello there")).rejects.toBe(refused);
});
