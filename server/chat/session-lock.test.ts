import { expect, test } from "vitest";
import { createSessionLock } from "./session-lock.ts";

const never = new AbortController().signal;

test("lets the turns of one session run one after another, in the order they came", async () => {
  const lock = createSessionLock();
  const order: string[] = [];
  const turn = async (name: string) => {
    const release = await lock.acquire("s", never);
    order.push(`${name} begins`);
    await Promise.resolve();
    order.push(`${name} ends`);
    release();
  };
  await Promise.all([turn("a"), turn("b"), turn("c")]);
  expect(order).toEqual(["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
  expect(lock.isHeld("s")).toBe(false);
});

test("does not hold back other sessions", async () => {
  const lock = createSessionLock();
  await lock.acquire("a", never);
  const release = await lock.acquire("b", never);
  release();
  expect(lock.isHeld("a")).toBe(true);
  expect(lock.isHeld("b")).toBe(false);
});

test("one that gives up waiting lets those behind it wait for those before it", async () => {
  const lock = createSessionLock();
  const first = await lock.acquire("s", never);
  const controller = new AbortController();
  const second = lock.acquire("s", controller.signal);
  let isThirdIn = false;
  const third = lock.acquire("s", never).then((release) => {
    isThirdIn = true;
    release();
  });
  controller.abort(new Error("gone"));
  await expect(second).rejects.toThrow("gone");
  expect(isThirdIn).toBe(false);
  first();
  await third;
  await new Promise((resolve) => setImmediate(resolve));
  expect(lock.isHeld("s")).toBe(false);
});
