import { expect, onTestFinished, test } from "vitest";
import { ownerToken, readOnlyToken, startTestGateway, type TestGatewayOptions } from "../../contract-tests/harness/gateway.ts";
import { runOpenclaw } from "./testing.ts";

async function startGateway(options?: TestGatewayOptions) {
  const gateway = await startTestGateway(options);
  onTestFinished(() => gateway.close());
  return gateway;
}

test("a gateway that is well: a table, and 0", async () => {
  const { url } = await startGateway();
  const { status, stdout, stderr } = await runOpenclaw(["status"], { OPENCLAW_URL: url, OPENCLAW_TOKEN: ownerToken });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout.split("\n").map((line) => line.split(/ {2,}/)[0])).toEqual(["✓ gateway", "✓ database", "✓ redis", "✓ provider embedded", "✓ turns", "✓ webhooks", "✓ sessions", "✓ memory", ""]);
  expect(stdout).toMatch(/^✓ gateway +running, ok +version \S+, up .*, http:\/\/127\.0\.0\.1:\d+\n/);
});

test("--json prints the gateway's answer, of a key that may read", async () => {
  const { url } = await startGateway();
  const { status, stdout } = await runOpenclaw(["status", "--json", "--url", `${url}/`, "--token", readOnlyToken], {});
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ status: "ok", gateway: "running", queue: { running: 0, waiting: 0 } });
});

test("a gateway whose provider fails: what is wrong, and 1", async () => {
  const { url, call } = await startGateway({ settings: { models: { providers: { local: { type: "openai", baseUrl: "http://127.0.0.1:1/v1", maxRetries: 0, models: [{ id: "m" }] } } } } });
  expect((await call("/api/v1/chat", { json: { message: "Hello" } })).status).toBeGreaterThanOrEqual(500);
  const { status, stdout } = await runOpenclaw(["status"], { OPENCLAW_URL: url, OPENCLAW_TOKEN: ownerToken });
  expect(status).toBe(1);
  expect(stdout).toMatch(/^✗ gateway +running, degraded/);
  expect(stdout).toMatch(/\n✗ provider local +failing +last error \S+Z \(\w+\)\n/);
});

test.each([
  ["no gateway", "http://127.0.0.1:1", ownerToken, /^No gateway answers at http:\/\/127\.0\.0\.1:1\./],
  ["no address", "nowhere", ownerToken, /an address looks like/],
])("%s: 1", async (_, url, token, message) => {
  const { status, stdout, stderr } = await runOpenclaw(["status", "--url", url, "--token", token], {});
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  expect(stderr).toMatch(message);
});

test("a token that is nobody's: 1", async () => {
  const { url } = await startGateway();
  const { status, stderr } = await runOpenclaw(["status", "--url", url, "--token", "wrong"], {});
  expect(status).toBe(1);
  expect(stderr).toMatch(/refuses this token/);
});
