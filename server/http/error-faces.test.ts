import { describe, expect, test } from "vitest";
import { errorStatus, GatewayError, type ErrorCode } from "../errors.ts";
import { errorBody, faceOfPath } from "./error-faces.ts";

const codes = Object.keys(errorStatus) as ErrorCode[];

test("a path belongs to the face of its family, also where no operation is", () => {
  expect(faceOfPath("/api/v1/nothing")).toBe("api");
  expect(faceOfPath("/api/v1")).toBe("api");
  expect(faceOfPath("/api/v1/openai/nothing")).toBe("openai");
  expect(faceOfPath("/api/nothing")).toBe("plain");
  expect(faceOfPath("/nothing")).toBe("api");
});

describe("api", () => {
  test.each(codes)("%s has the documented members", (code) => {
    const body = errorBody("api", new GatewayError(code, "Message.", { details: { a: 1 } }), "req_1", "/api/v1/agents");
    expect(body).toEqual({ error: code, message: "Message.", status: errorStatus[code], details: { a: 1 }, requestId: "req_1" });
  });

  test("a limit is `rate_limit_exceeded` where its document says so, else `rate_limited`, with the seconds to wait", () => {
    const error = new GatewayError("rate_limited", "Slow down.", { retryAfterSeconds: 30 });
    expect(errorBody("api", error, "r", "/api/v1/chat")).toMatchObject({ error: "rate_limit_exceeded", retryAfter: 30 });
    expect(errorBody("api", error, "r", "/api/v1/messages")).toMatchObject({ error: "rate_limited", retryAfter: 30 });
  });
});

test.each([
  ["bad_request", "INVALID_REQUEST"],
  ["unauthorized", "UNAUTHORIZED"],
  ["forbidden", "FORBIDDEN"],
  ["not_found", "NOT_FOUND"],
  ["rate_limited", "RATE_LIMITED"],
  ["internal_error", "INTERNAL_ERROR"],
] as const)("plain: %s is %s", (code, plain) => {
  expect(errorBody("plain", new GatewayError(code, "Message."), "r", "/api/sessions")).toEqual({ error: { code: plain, message: "Message.", details: {} } });
});

test("openai: names the parameter as OpenAI does, and the code its SDKs look for", () => {
  const fault = new GatewayError("bad_request", "No.", { details: { errors: [{ path: "/messages/0/content", message: "is required" }] } });
  expect(errorBody("openai", fault, "r", "")).toEqual({ error: { message: "No.", type: "invalid_request_error", param: "messages[0].content", code: "bad_request" } });
  const unknown = new GatewayError("not_found", "No.", { details: { models: [] } });
  expect(errorBody("openai", unknown, "r", "")).toMatchObject({ error: { type: "not_found_error", code: "model_not_found", param: null } });
});

test("what is thrown and is no GatewayError never shows", () => {
  const body = JSON.stringify(errorBody("api", GatewayError.from(new Error("password=secret at /srv/x.ts")), "r", "/api/v1/x"));
  expect(body).not.toMatch(/secret|srv/);
});
