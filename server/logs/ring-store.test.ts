import { expect, onTestFinished, test, vi } from "vitest";
import { parsePlace } from "./place.ts";
import { createRingStore } from "./ring-store.ts";
import type { LogLine, LogStore } from "./log-store.ts";

function write(store: LogStore, from: number, to: number): void {
  for (let number = from; number <= to; number++) store.write(`${number}\n`);
}

async function before(store: LogStore, id?: string): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  for await (const batch of store.before(id === undefined ? undefined : parsePlace(id))) lines.push(...batch);
  return lines;
}

const textOf = ({ text }: LogLine) => text;

test("keeps the last lines, and reads from before any of them", async () => {
  const store = createRingStore(5);
  write(store, 1, 8);
  const all = await before(store);
  expect(all.map(textOf)).toEqual(["8", "7", "6", "5", "4"]);
  write(store, 9, 9);
  expect((await before(store, all[1]!.id)).map(textOf)).toEqual(["6", "5"]);
  write(store, 10, 20);
  expect(await before(store, all[1]!.id)).toEqual([]);
});

test("a line of another process is older than all of this one's", async () => {
  const [other, store] = [createRingStore(), createRingStore()];
  write(other, 1, 1);
  write(store, 2, 2);
  expect(await before(store, (await before(other))[0]!.id)).toEqual([]);
});

test("a slow follower goes on with the oldest that is kept", async () => {
  const store = createRingStore(5);
  write(store, 1, 2);
  const ended = new AbortController();
  const followed = store.after(parsePlace((await before(store))[1]!.id), ended.signal)[Symbol.asyncIterator]();
  onTestFinished(() => ended.abort());
  expect((await followed.next()).value?.map(textOf)).toEqual(["2"]);
  write(store, 3, 20);
  expect((await followed.next()).value?.map(textOf)).toEqual(["16", "17", "18", "19", "20"]);
  const next = followed.next();
  write(store, 21, 21);
  expect((await next).value?.map(textOf)).toEqual(["21"]);
});

test("a follower ends when he is told to", async () => {
  const ended = new AbortController();
  const next = createRingStore().after(undefined, ended.signal)[Symbol.asyncIterator]().next();
  ended.abort();
  await vi.waitFor(async () => expect(await next).toEqual({ done: true, value: undefined }));
});
