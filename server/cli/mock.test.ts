import { readdir } from "node:fs/promises";
import { expect, test } from "vitest";
import { openclaw, temporaryFolder } from "../../contract-tests/process/gateway-process.ts";

async function startMock(args: string[] = []) {
  const home = temporaryFolder();
  const child = openclaw(["mock", "--port", "0", ...args], { HOME: home, OPENCLAW_STATE_DIR: home });
  const [, url = ""] = await child.untilSaid(/Listening +(http:\S+)/);
  return { child, url, home };
}

test("serves at once, keeps nothing, and ends with 0", async () => {
  const { child, url, home } = await startMock();
  const response = await fetch(`${url}/api/v1/agents`, { headers: { Authorization: "Bearer any" } });
  expect([response.status, await response.json()]).toEqual([200, expect.objectContaining({ agents: expect.any(Array) })]);
  expect((await fetch(`${url}/docs`)).status).toBe(200);
  child.kill("SIGTERM");
  const { status, stderr } = await child.exit;
  expect([status, stderr, await readdir(home)]).toEqual([0, "", []]);
});

test("a socket is told that there is none", async () => {
  const { url } = await startMock();
  const socket = new WebSocket(`${url.replace("http", "ws")}/ws`);
  const { code, reason } = await new Promise<CloseEvent>((resolve) => socket.addEventListener("close", resolve));
  expect([code, reason]).toEqual([1008, expect.stringMatching(/openclaw start/)]);
});

test("a port that is taken: what to do, and 1", async () => {
  const { url } = await startMock();
  const { exit } = openclaw(["mock", "--port", new URL(url).port], {});
  const { status, stderr } = await exit;
  expect([status, stderr]).toEqual([1, expect.stringMatching(/^The port is taken: .*--port/)]);
});

test("what it logs of a fault that was asked for has no stack, and no token", async () => {
  const { child, url } = await startMock(["--token", "oc_tok_the_only_one"]);
  await fetch(`${url}/api/v1/agents`, { headers: { Authorization: "Bearer oc_tok_the_only_one", Prefer: "code=503" } });
  child.kill("SIGTERM");
  const { stdout } = await child.exit;
  expect(stdout).toMatch(/"code":"service_unavailable","reason":"asked for by/);
  expect(stdout).not.toMatch(/oc_tok_the_only_one|"stack"/);
});
