import { OpenClawClient, OpenClawConnectionError, OpenClawError } from "@openclaw/sdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ownerToken, startTestGateway, type TestGateway } from "../../../contract-tests/harness/gateway.ts";

let gateway: TestGateway;
let client: OpenClawClient;

beforeAll(async () => {
  gateway = await startTestGateway();
  client = new OpenClawClient({ baseUrl: gateway.url, token: ownerToken });
});
afterAll(() => gateway.close());

async function errorOf(pending: Promise<unknown>): Promise<OpenClawError> {
  const thrown = await pending.then(
    () => expect.unreachable(),
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(OpenClawError);
  return thrown as OpenClawError;
}

test("401: a token that is missing or unknown", async () => {
  for (const token of [undefined, "", "wrong"]) {
    const error = await errorOf(new OpenClawClient({ baseUrl: gateway.url, token }).message("hi"));
    expect(error).toMatchObject({ name: "OpenClawError", status: 401, code: "unauthorized" });
    expect(error.headers["www-authenticate"]).toContain("Bearer");
  }
});

test("404: status, code, message, headers and the id of the request", async () => {
  const error = await errorOf(client.conversations.get("conv_none"));
  expect(error).toMatchObject({ status: 404, code: "not_found", details: {} });
  expect(error.message).not.toBe("");
  expect(error.requestId).toMatch(/^req_/);
  expect(error.headers["x-request-id"]).toBe(error.requestId);
});

test("400: details list every fault", async () => {
  const error = await errorOf(client.message("", { channel: "no such channel!" }));
  expect(error).toMatchObject({ status: 400, code: "bad_request" });
  const faults = error.details["errors"] as { path: string }[];
  expect(faults.map(({ path }) => path).sort()).toEqual(["/channel", "/message"]);
});

test("400: an unknown agent names the known ones", async () => {
  const error = await errorOf(client.chat({ agentId: "nobody", message: "hi" }));
  expect(error).toMatchObject({ status: 400, details: { agents: ["main", "my-agent"] } });
});

test("a stream that is refused throws when the loop begins", async () => {
  const error = await errorOf(Array.fromAsync(client.chatStream({ agentId: "nobody", message: "hi" })));
  expect(error).toMatchObject({ status: 400, code: "bad_request", requestId: expect.stringMatching(/^req_/) });
});

test("an error in the plain and in OpenAI's face is read as well", async () => {
  const answering = (status: number, body: unknown) => new OpenClawClient({ fetch: async () => Response.json(body, { status, headers: { "X-Request-Id": "req_7" } }) });
  const plain = await errorOf(answering(404, { error: { code: "NOT_FOUND", message: "No.", details: { a: 1 } } }).message("hi"));
  expect(plain).toMatchObject({ code: "NOT_FOUND", message: "No.", details: { a: 1 }, requestId: "req_7" });
  const openai = await errorOf(answering(400, { error: { message: "Bad.", type: "invalid_request_error", param: null, code: null } }).message("hi"));
  expect(openai).toMatchObject({ code: "invalid_request_error", message: "Bad." });
});

test("something else than a gateway is told as such", async () => {
  const page = new Response("<html>", { headers: { "Content-Type": "text/html" } });
  const error = await errorOf(new OpenClawClient({ fetch: async () => page }).message("hi"));
  expect(error).toMatchObject({ code: "unexpected_answer", status: 200 });
  const proxy = await errorOf(new OpenClawClient({ fetch: async () => new Response("upstream is gone", { status: 502, statusText: "Bad Gateway" }) }).message("hi"));
  expect(proxy).toMatchObject({ code: "unexpected_answer", status: 502, message: "The gateway answered 502 Bad Gateway" });
});

test("no gateway at all is an OpenClawConnectionError that says why", async () => {
  const other = await startTestGateway();
  await other.close();
  const error = await errorOf(new OpenClawClient({ baseUrl: other.url, token: ownerToken }).message("hi"));
  expect(error).toBeInstanceOf(OpenClawConnectionError);
  expect(error).toMatchObject({ status: 0, code: "connection_failed" });
  expect(error.message).toContain("ECONNREFUSED");
});

test("an address that is none throws at once", () => {
  expect(() => new OpenClawClient({ baseUrl: "localhost" })).toThrow("Invalid URL");
});
