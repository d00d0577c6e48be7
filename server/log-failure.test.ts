import { expect, test } from "vitest";
import { GatewayError } from "./errors.ts";
import { logFailure } from "./log-failure.ts";
import { createLogTo } from "./log.ts";
import { createSecretMask } from "./secrets.ts";

function logged(error: GatewayError): Record<string, unknown> {
  const lines: string[] = [];
  logFailure(createLogTo({ write: (line) => void lines.push(line) }, { level: "info", mask: createSecretMask([]) }), error, { requestId: "req_1" });
  expect(lines).toHaveLength(1);
  return JSON.parse(lines[0]!) as Record<string, unknown>;
}

test("a fault of the gateway's own is an error, with its stack", () => {
  const fault = GatewayError.from(new TypeError("x is not a function"));
  expect(logged(fault)).toMatchObject({ level: 50, msg: fault.message, requestId: "req_1", code: "internal_error", err: { type: "TypeError", message: "x is not a function", stack: expect.stringContaining("log-failure.test.ts") } });
});

test("what others refuse is a warning, with the reason and no stack", () => {
  const refused = new GatewayError("provider_error", "The provider failed.", { cause: new Error("503 overloaded") });
  expect(logged(refused)).toEqual({ level: 40, time: expect.any(Number), msg: "The provider failed.", requestId: "req_1", code: "provider_error", reason: "503 overloaded" });
  expect(logged(new GatewayError("service_unavailable", "The gateway is stopping."))).toEqual({ level: 40, time: expect.any(Number), msg: "The gateway is stopping.", requestId: "req_1", code: "service_unavailable" });
});

test("nor does a warning quote what was no JSON", () => {
  let cause: unknown;
  try {
    JSON.parse("the answer of somebody's");
  } catch (thrown) {
    cause = thrown;
  }
  expect(JSON.stringify(logged(new GatewayError("provider_error", "The provider failed.", { cause })))).not.toContain("somebody");
});
