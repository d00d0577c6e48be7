import { EventEmitter } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import type { StreamEvent } from "../../generated/server/handlers.ts";
import { streamHeaders, writeEvents } from "./sse.ts";

type Batch = readonly StreamEvent<unknown>[];

const heartbeat = ": heartbeat\n\n";

/** As much of a ServerResponse as a stream needs: a reader that takes all, or nothing. */
class FakeResponse extends EventEmitter {
  readonly writes: string[] = [];
  areHeadersOut = false;
  isEnded = false;
  destroyed = false;
  writableNeedDrain = false;
  /** While it is, what is written waits in the response. */
  isStalled = false;

  flushHeaders(): void {
    this.areHeadersOut = true;
  }

  write(text: string): boolean {
    if (this.destroyed || this.isEnded) throw new Error(`written behind the end: ${text}`);
    this.writes.push(text);
    this.writableNeedDrain = this.isStalled;
    return !this.isStalled;
  }

  drain(): void {
    this.isStalled = false;
    this.writableNeedDrain = false;
    this.emit("drain");
  }

  end(): void {
    this.isEnded = true;
  }

  destroy(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.emit("close");
  }
}

/** Events that a test hands over when it likes. */
class Source implements AsyncIterableIterator<Batch> {
  /** Whether the reader has left before the end. */
  isLeft = false;
  /** Batches that were asked for. */
  asked = 0;
  #hand: ((result: IteratorResult<Batch>) => void) | undefined;

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Batch>> {
    this.asked++;
    return new Promise((resolve) => (this.#hand = resolve));
  }

  return(): Promise<IteratorResult<Batch>> {
    this.isLeft = true;
    return Promise.resolve({ done: true, value: undefined });
  }

  async give(...batch: StreamEvent<unknown>[]): Promise<void> {
    this.#hand?.({ done: false, value: batch });
    await settle();
  }

  async end(): Promise<void> {
    this.#hand?.({ done: true, value: undefined });
    await settle();
  }
}

const settle = () => vi.advanceTimersByTimeAsync(0);

async function open(check?: (data: unknown) => void) {
  const response = new FakeResponse();
  const source = new Source();
  let hasEnded = false;
  const written = writeEvents(response as unknown as ServerResponse, source, check).finally(() => (hasEnded = true));
  // Somebody looks at it or nobody: a rejection is the test's to see.
  written.catch(() => {});
  await settle();
  return { response, source, written, hasEnded: () => hasEnded };
}

const heartbeatsIn = ({ writes }: FakeResponse) => writes.filter((text) => text === heartbeat).length;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "setTimeout", "clearTimeout"] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("what is written", () => {
  test("the headers are out before there is an event", async () => {
    const { response } = await open();
    expect(response.areHeadersOut).toBe(true);
    expect(response.writes).toEqual([]);
  });

  test("a batch is one write: each event with its id, its data as JSON, OpenAI's end as it is", async () => {
    const { response, source } = await open();
    await source.give({ id: "run_1:1", data: { type: "start", text: "a\nb" } }, { id: "run_1:2.1", data: { n: 1 } });
    await source.give({ id: "run_1:3", data: "[DONE]" });
    expect(response.writes).toEqual(['id: run_1:1\ndata: {"type":"start","text":"a\\nb"}\n\nid: run_1:2.1\ndata: {"n":1}\n\n', "id: run_1:3\ndata: [DONE]\n\n"]);
  });

  test("every event is shown to the check first; what it refuses is not written, and the events are let go of", async () => {
    const seen: unknown[] = [];
    const { response, source, written } = await open((data) => {
      seen.push(data);
      if (seen.length === 2) throw new Error("off the contract");
    });
    await source.give({ id: "1", data: { n: 1 } });
    await source.give({ id: "2", data: { n: 2 } });
    await expect(written).rejects.toThrow("off the contract");
    expect(seen).toEqual([{ n: 1 }, { n: 2 }]);
    expect(response.writes).toHaveLength(1);
    expect(source.isLeft).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("the answer ends with the events, and no timer stays behind", async () => {
    const { response, source, hasEnded } = await open();
    await source.give({ id: "1", data: {} });
    await source.end();
    expect([hasEnded(), response.isEnded, response.destroyed]).toEqual([true, true, false]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("events that break do not end the answer as if it were whole", async () => {
    const response = new FakeResponse();
    // oxlint-disable-next-line require-yield -- it breaks before its first event
    async function* broken(): AsyncGenerator<Batch> {
      throw new Error("broken");
    }
    await expect(writeEvents(response as unknown as ServerResponse, broken())).rejects.toThrow("broken");
    expect(response.isEnded).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("the heartbeat", () => {
  test("is a comment each 15 s in which nothing happens", async () => {
    const { response } = await open();
    await vi.advanceTimersByTimeAsync(14_999);
    expect(response.writes).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(response.writes).toEqual([heartbeat]);
    await vi.advanceTimersByTimeAsync(45_000);
    expect(response.writes).toEqual([heartbeat, heartbeat, heartbeat, heartbeat]);
  });

  test("is not sent while events come, and 15 s after the last of them", async () => {
    const { response, source } = await open();
    for (let i = 0; i < 5; i++) {
      await vi.advanceTimersByTimeAsync(14_000);
      await source.give({ id: String(i), data: {} });
    }
    expect(heartbeatsIn(response)).toBe(0);
    await vi.advanceTimersByTimeAsync(14_999);
    expect(heartbeatsIn(response)).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(heartbeatsIn(response)).toBe(1);
  });

  test("does not pile up before a reader that takes nothing, and goes on once it does", async () => {
    const { response, source } = await open();
    response.isStalled = true;
    await source.give({ id: "1", data: {} });
    await vi.advanceTimersByTimeAsync(45_000);
    expect(heartbeatsIn(response)).toBe(0);
    response.drain();
    await vi.advanceTimersByTimeAsync(15_000);
    expect(heartbeatsIn(response)).toBe(1);
  });

  test("one that the reader does not take is not followed by more", async () => {
    const { response } = await open();
    response.isStalled = true;
    await vi.advanceTimersByTimeAsync(50_000);
    expect(heartbeatsIn(response)).toBe(1);
  });
});

describe("a slow reader", () => {
  test("is waited for: nothing more is asked of the events until it has taken what there is", async () => {
    const { response, source } = await open();
    response.isStalled = true;
    await source.give({ id: "1", data: {} });
    expect(source.asked).toBe(1);
    await vi.advanceTimersByTimeAsync(59_999);
    expect([source.asked, response.destroyed]).toEqual([1, false]);
    response.drain();
    await settle();
    expect(source.asked).toBe(2);
    await source.give({ id: "2", data: {} });
    expect(response.writes.at(-1)).toBe("id: 2\ndata: {}\n\n");
  });

  test("that takes nothing for a minute is cut off", async () => {
    const { response, source } = await open();
    response.isStalled = true;
    await source.give({ id: "1", data: {} });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(response.destroyed).toBe(true);
  });

  test("has a minute for each write, not for all together", async () => {
    const { response, source } = await open();
    for (let i = 0; i < 4; i++) {
      response.isStalled = true;
      await source.give({ id: String(i), data: {} });
      await vi.advanceTimersByTimeAsync(50_000);
      response.drain();
      await settle();
    }
    expect(response.destroyed).toBe(false);
  });

  test("leaves no listener behind on the response, however often it is waited for", async () => {
    const { response, source } = await open();
    for (let i = 0; i < 20; i++) {
      response.isStalled = true;
      await source.give({ id: String(i), data: {} });
      response.drain();
      await settle();
    }
    expect([response.listenerCount("drain"), response.listenerCount("close"), response.listenerCount("error")]).toEqual([0, 0, 0]);
  });
});

describe("a connection that closes", () => {
  test("while the reader is waited for: the events are let go of, and nothing is written any more", async () => {
    const { response, source, hasEnded } = await open();
    response.isStalled = true;
    await source.give({ id: "1", data: {} });
    response.destroy();
    await settle();
    await source.give({ id: "2", data: {} });
    expect([hasEnded(), source.isLeft]).toEqual([true, true]);
    expect(response.writes).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("while an event is waited for: the next one is not written", async () => {
    const { response, source, hasEnded } = await open();
    response.destroy();
    await source.give({ id: "1", data: {} });
    expect([hasEnded(), source.isLeft, response.writes.length]).toEqual([true, true, 0]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

test("no proxy may keep, change or hold back a stream, and its text is UTF-8", async () => {
  vi.useRealTimers();
  async function* events(): AsyncGenerator<Batch> {
    yield [{ id: "run_1:1", data: { text: "Grüße, 世界 🦞" } }];
  }
  const server = createServer((_request, response) => {
    response.writeHead(200, streamHeaders);
    void writeEvents(response, events());
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const answer = await fetch(`http://127.0.0.1:${port}`);
  expect(answer.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
  expect(answer.headers.get("cache-control")?.split(", ")).toEqual(expect.arrayContaining(["no-cache", "no-transform"]));
  expect(answer.headers.get("x-accel-buffering")).toBe("no");
  expect(answer.headers.has("content-length")).toBe(false);
  expect(await answer.text()).toBe('id: run_1:1\ndata: {"text":"Grüße, 世界 🦞"}\n\n');
});
