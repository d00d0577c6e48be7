import { expect, test } from "vitest";
import { createLogTo } from "./log.ts";
import { createSecretMask } from "./secrets.ts";

function logged(write: (log: ReturnType<typeof createLogTo>) => void): { err?: Record<string, unknown>; msg?: string } {
  let line = "";
  write(createLogTo({ write: (text) => (line += text) }, { level: "trace", mask: createSecretMask(["the-secret-of-a-provider"]) }));
  return JSON.parse(line) as { err?: Record<string, unknown> };
}

test("an error is logged with what it says and why, and with nothing else that hangs on it", () => {
  const cause = Object.assign(new Error("refused with the-secret-of-a-provider"), { code: "ECONNREFUSED", headers: { authorization: "Bearer hidden" } });
  const { err } = logged((log) => log.error({ err: new Error("outer", { cause }) }, "x"));
  expect(err).toMatchObject({ type: "Error", message: "outer", stack: expect.stringContaining("log.test.ts"), cause: { message: "refused with [redacted]", code: "ECONNREFUSED" } });
  expect(JSON.stringify(err)).not.toMatch(/headers|hidden|the-secret/);
});

test("errors that a host of several addresses gathers are logged, each", () => {
  const { err } = logged((log) => log.error({ err: new AggregateError([new Error("first"), new Error("second")], "all failed") }));
  expect(err?.["errors"]).toMatchObject([{ message: "first" }, { message: "second" }]);
});

test("an error that is its own cause ends", () => {
  const error = new Error("round");
  error.cause = error;
  expect(logged((log) => log.error({ err: error })).err).toMatchObject({ message: "round", cause: { message: "round" } });
});

test("of JSON that cannot be parsed it does not log what it says", () => {
  let cause: unknown;
  try {
    JSON.parse('{"apiKey": hidden}');
  } catch (error) {
    cause = error;
  }
  const { err } = logged((log) => log.error({ err: new Error("outer", { cause }) }));
  expect(err).toMatchObject({ cause: { type: "SyntaxError", message: "Unexpected token 'h'" } });
  expect(JSON.stringify(err)).not.toContain("hidden");
});

test("what was thrown and is no error is named, and not opened", () => {
  expect(logged((log) => log.error({ err: { token: "hidden" } })).err).toBe("[object Object]");
  expect(logged((log) => log.error({ err: "just text" })).err).toBe("just text");
});

test("a message is masked, too", () => {
  expect(logged((log) => log.warn("it said the-secret-of-a-provider")).msg).toBe("it said [redacted]");
});
