import { describe, expect, test } from "vitest";
import { EventLog } from "./event-log.ts";

const never = new AbortController().signal;

async function take<T>(events: AsyncIterable<{ events: readonly T[] }>, count: number): Promise<T[]> {
  const taken: T[] = [];
  for await (const batch of events) {
    taken.push(...batch.events);
    if (taken.length >= count) break;
  }
  return taken;
}

describe("EventLog", () => {
  test("gives every reader all events from where it starts, in order, whenever it comes", async () => {
    const log = new EventLog<number>();
    log.append(1, 1);
    const early = take(log.read(0, never), 4);
    log.append(2, 1);
    const late = take(log.read(1, never), 3);
    log.append(3, 1);
    log.append(4, 1);
    log.end();
    expect(await early).toEqual([1, 2, 3, 4]);
    expect(await late).toEqual([2, 3, 4]);
    expect(await take(log.read(3, never), 9)).toEqual([4]);
  });

  test("ends a reader that waits when the log ends, and one whose signal is aborted", async () => {
    const log = new EventLog<number>();
    const controller = new AbortController();
    const aborted = take(log.read(0, controller.signal), 1);
    controller.abort();
    expect(await aborted).toEqual([]);
    const waiting = take(log.read(0, never), 1);
    log.end();
    expect(await waiting).toEqual([]);
  });

  test("is full while its slowest reader is far behind, and has room once that one has read or left", async () => {
    const log = new EventLog<string>();
    const slow = log.read(0, never);
    const quick = log.read(0, never);
    log.append("first", 5);
    await slow.next();
    await quick.next();
    const text = "x".repeat(1024);
    for (let i = 0; i < 400; i++) log.append(text, text.length);
    await quick.next();
    expect(log.isFull).toBe(true);

    let hasRoom = false;
    const room = log.room(never).then(() => (hasRoom = true));
    await quick.return(undefined);
    await Promise.resolve();
    expect(hasRoom).toBe(false);
    await slow.return(undefined);
    await room;
    expect(log.isFull).toBe(false);
  });

  test("is never full without readers", () => {
    const log = new EventLog<string>();
    for (let i = 0; i < 1000; i++) log.append("x", 10_000);
    expect(log.isFull).toBe(false);
  });

  test("lets a writer that waits for room go when its signal is aborted", async () => {
    const log = new EventLog<string>();
    const reader = log.read(0, never);
    log.append("first", 1);
    await reader.next();
    log.append("x", 1024 * 1024);
    const controller = new AbortController();
    const room = log.room(controller.signal);
    controller.abort(new Error("enough"));
    await expect(room).rejects.toThrow("enough");
    await reader.return(undefined);
  });
});
