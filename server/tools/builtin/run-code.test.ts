import { expect, test } from "vitest";
import { testToolContext } from "../testing.ts";
import { createRunCodeTool } from "./run-code.ts";

const context = testToolContext();
// Patient: a busy machine may need long to use up all the memory.
const tool = createRunCodeTool({ maxMs: 25_000 });
const run = (code: string, input?: unknown) => tool.invoke({ code, input }, context);

test.each([
  ["[3, 1, 2].sort()", "[1,2,3]"],
  ["const x = 2; x ** 10", "1024"],
  ["undefined", "undefined"],
  ["() => 1", "undefined"],
  ["Promise.resolve({ a: 1 })", '{"a":1}'],
  ["(async () => { await null; return 7 })()", "7"],
  ["console.log('a', 1, { b: [2] }); console.error('c'); 'd'", 'a 1 {"b":[2]}\nc\n"d"'],
])("%s gives %s", async (code, output) => {
  expect(await run(code)).toBe(output);
});

test("hands the input over as data", async () => {
  expect(await run("input.items.map((item) => item.price).reduce((a, b) => a + b)", { items: [{ price: 2 }, { price: 3 }] })).toBe("5");
  expect(await run("input", '"}); process.exit(); ({"')).toBe(String.raw`"\"}); process.exit(); ({\""`);
  expect(await run("input")).toBe("null");
});

test("nothing of the gateway is within its reach", async () => {
  const names = ["process", "require", "module", "fetch", "XMLHttpRequest", "setTimeout", "WebAssembly", "Buffer", "global", "importScripts", "postMessage"];
  expect(await run(`${JSON.stringify(names)}.filter((name) => typeof globalThis[name] !== "undefined")`)).toBe("[]");
  expect(await run("console.log.constructor('return typeof process')()")).toBe('"undefined"');
  await expect(run("import('node:fs')")).rejects.toThrow("could not load module");
  await expect(run("import fs from 'node:fs'")).rejects.toThrow("could not load module");
});

test("what it puts in place of built-ins changes nothing of how its result is told", async () => {
  expect(await run("JSON.stringify = () => 'forged'; JSON.parse = null; ({ a: 1 })")).toBe('{"a":1}');
});

test.each([
  ["throw new TypeError('no')", "TypeError: no"],
  ["throw 'text'", "failed: text"],
  ["throw { code: 7 }", '{"code":7}'],
  ["syntax error(", "SyntaxError"],
  ["null.x", "TypeError"],
  ["Promise.reject(new Error('bad'))", "Error: bad"],
  ["new Promise(() => {})", "nothing will ever settle"],
  ["(function f() { f() })()", "stack overflow"],
  ["new Array(1e9).fill(1)", "out of memory"],
  ["const parts = []; while (true) parts.push({ a: 1 })", "out of memory"],
  ["10n", "BigInt"],
  ["'x'.repeat(2e6)", "1000000 are the most"],
  ["({ toJSON() { throw new Error('mine') } })", "Error: mine"],
])("%s fails with %s", async (code, message) => {
  await expect(run(code)).rejects.toThrow(message);
});

test("bounds what is printed", async () => {
  const output = await run("for (let i = 0; i < 5000; i++) console.log('x'.repeat(100)); 1");
  expect(output).toMatch(/\[The output was cut\.\]\n1$/);
  expect(output.length).toBeLessThan(33_000);
});

test.each(["while (true) {}", "for (;;) try { while (true) {} } catch {}", "/(a+)+b/.test('a'.repeat(40))", "(async () => { for (;;) await null })()"])("%s is stopped at its deadline, and holds nothing up", async (code) => {
  const hasty = createRunCodeTool({ maxMs: 300 });
  let turns = 0;
  const timer = setInterval(() => (turns += 1), 10);
  await expect(hasty.invoke({ code }, context)).rejects.toThrow("took longer than 300 ms");
  clearInterval(timer);
  expect(turns).toBeGreaterThan(5);
});

test("an abort ends it at once, with the abort's reason", async () => {
  const controller = new AbortController();
  const reason = new Error("enough");
  const running = tool.invoke({ code: "while (true) {}" }, testToolContext({ signal: controller.signal }));
  controller.abort(reason);
  await expect(running).rejects.toBe(reason);
});

test("runs a few programs at once, and no more", async () => {
  const outcomes = await Promise.allSettled(Array.from({ length: 6 }, () => run("1 + 1")));
  expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "fulfilled", "fulfilled", "fulfilled", "rejected", "rejected"]);
  expect(await run("1 + 1")).toBe("2");
});
