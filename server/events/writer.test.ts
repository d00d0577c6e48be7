import { expect, test } from "vitest";
import { temporaryDatabase } from "../storage/testing.ts";
import type { NewEvent } from "./event.ts";
import { createEventStore } from "./store.ts";
import { createEventWriter } from "./writer.ts";

const ended = (sessionId: string): NewEvent => ({ type: "session.ended", at: 1, workspaceId: "default", sessionId, messageId: null, data: { reason: "deleted" } });

async function log() {
  const database = await temporaryDatabase();
  return { database, writer: createEventWriter({ database }), store: await createEventStore({ database }) };
}

test("events that are written together keep their order, whether something goes with one of them or not", async () => {
  const { database, writer, store } = await log();
  const cursors: [string | null, number][] = [];
  writer.accompany(({ sessionId }) => (sessionId === "c" ? (cursor) => (cursors.push([sessionId, cursor]), []) : null));
  await database.run(() => writer.append(ended("a"), ended("b")));
  await database.run(() => writer.append(ended("a"), ended("c"), ended("d")));
  await database.run(() => writer.append());
  expect(store.after(0, 10).map(({ cursor, data }) => [cursor, "sessionId" in data && data.sessionId])).toEqual([[1, "a"], [2, "b"], [3, "a"], [4, "c"], [5, "d"]]);
  expect(cursors).toEqual([["c", 4]]);
});

test("what is taken back is told to nobody, and its cursor is the next one's", async () => {
  const { database, writer, store } = await log();
  await expect(database.run(function* () {
    yield* writer.append(ended("a"));
    throw new Error("it did not happen");
  })).rejects.toThrow("did not happen");
  await writer.write(ended("b"));
  expect(store.after(0, 10).map(({ cursor, data }) => [cursor, "sessionId" in data && data.sessionId])).toEqual([[1, "b"]]);
  expect(store.newest()).toBe(1);
});

test("whoever listens is called once for all that is written in a round", async () => {
  const { database, writer, store } = await log();
  const seen: number[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  writer.onAppended(() => {
    seen.push(store.newest());
    resolve();
  });
  await Promise.all([database.run(() => writer.append(ended("a"))), database.run(() => writer.append(ended("b"), ended("c")))]);
  await promise;
  expect(seen).toEqual([3]);
});
