import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { runOpenclaw } from "../../server/cli/testing.ts";
import { freePort } from "../harness/free-port.ts";
import { openclaw, temporaryFolder } from "../process/gateway-process.ts";
import { adminToken, conformanceOf, useConformingServer } from "./gateway.ts";
import { startProxy } from "./proxy.ts";

const server = useConformingServer();

const conformance = (...args: string[]) => runOpenclaw(["conformance", ...args], {});

test("2: no server, no token, a wrong one, no such operation, no place for a report: each with a word on it", async () => {
  const url = server.gateway.url;
  const nowhere = await conformance("--base-url", `http://127.0.0.1:${await freePort()}`, "--token", "x");
  expect([nowhere.status, nowhere.stdout, nowhere.stderr]).toEqual([2, "", expect.stringMatching(/^No server answers at http.*ECONNREFUSED/)]);
  const refused = await conformance("--base-url", url, "--token", "oc_tok_wrong");
  expect([refused.status, refused.stderr]).toEqual([2, expect.stringMatching(/answered 401 \(unauthorized: /)]);
  expect(refused.stderr).not.toContain("oc_tok_wrong");
  const silent = await conformance("--base-url", url);
  expect([silent.status, silent.stderr]).toEqual([2, expect.stringContaining("--token")]);
  const unknown = await conformance("--base-url", url, "--token", adminToken, "--only", "listAgents,listNothing");
  expect([unknown.status, unknown.stderr]).toEqual([2, expect.stringContaining("no operation listNothing")]);
  const noOption = await conformance("--base-url", url, "--token", adminToken, "--edition", "none");
  expect([noOption.status, noOption.stderr]).toEqual([2, expect.stringContaining("Allowed choices are agents")]);
  const nofile = await conformance("--base-url", url, "--token", adminToken, "--only", "getLiveness", "--json", "/nowhere/report.json");
  expect([nofile.status, nofile.stderr]).toEqual([2, expect.stringContaining("/nowhere/report.json")]);
});

test("--list names what would be tested, by edition, and asks nobody", async () => {
  const { status, stdout } = await conformance("--list", "--edition", "openai");
  expect([status, stdout]).toEqual([
    0,
    "createChatCompletion POST /api/v1/openai/chat/completions agents,openai\ngetOpenaiModel GET /api/v1/openai/models/{model} agents,openai\nlistOpenaiModels GET /api/v1/openai/models agents,openai\n",
  ]);
});

test("1: a fault is told with the request to try, the rule and what came, on the terminal and in both reports", async () => {
  const folder = temporaryFolder();
  const [json, junit] = [join(folder, "report.json"), join(folder, "report.xml")];
  const url = await startProxy(server.gateway.url, { answer: (answer) => void (answer.headers["content-type"]?.startsWith("application/json") && (answer.body = answer.body.replace('"agents":', '"agents & <more>":'))) });
  const { status, stdout } = await conformance("--base-url", url, "--token", adminToken, "--only", "listAgents", "--json", json, "--junit", junit);
  expect(status).toBe(1);
  expect(stdout).toMatch(/✗ listAgents  GET \/api\/v1\/agents/);
  expect(stdout).toContain(`sent      curl -i '${url}/api/v1/agents' -H "Authorization: Bearer $OPENCLAW_TOKEN"`);
  expect(stdout).toMatch(/rule {6}schema: .*\n.*\n {10}expected {2}\/agents is required\n {10}got {7}\{"agents & <more>":/);
  const report = JSON.parse(await readFile(json, "utf8")) as object;
  expect(report).toMatchObject({ version: 1, baseUrl: url, tests: expect.arrayContaining([expect.objectContaining({ operationId: "listAgents", check: "examples", outcome: "failed", faults: expect.arrayContaining([expect.objectContaining({ rule: "schema", expected: "/agents is required" })]) })]) });
  expect(await readFile(junit, "utf8")).toMatch(/<failure type="schema" message="expected \/agents is required, got \{&#34;agents &#38; &#60;more&#62;&#34;:/);
});

test("an interrupt ends the tests, and what they made is deleted all the same", async () => {
  const list = async () => (await server.call("listWorkspaces", { token: adminToken })).json(200).workspaces.map(({ id }) => id);
  const before = await list();
  const running = openclaw(["conformance", "--base-url", server.gateway.url, "--token", adminToken], {});
  await vi.waitFor(async () => expect((await list()).length).toBeGreaterThan(before.length), { timeout: 20_000, interval: 10 });
  running.kill("SIGINT");
  const { status, stderr } = await running.exit;
  expect([status, stderr]).toEqual([2, expect.stringContaining("Interrupted")]);
  expect(await list()).toEqual(before);
});

test("a 429 is waited for, as long as it says", async () => {
  let refusals = 0;
  const url = await startProxy(server.gateway.url, {
    answer(answer, { path, headers }) {
      if (path !== "/api/v1/agents" || !headers["authorization"]?.includes(adminToken) || refusals === 2) return;
      refusals++;
      Object.assign(answer, { status: 429, headers: { ...answer.headers, "retry-after": "1" } });
    },
  });
  const waits: number[] = [];
  const startedAt = performance.now();
  const { outcomes } = await conformanceOf(url, ["listAgents"], { onWait: (seconds) => waits.push(seconds) });
  expect(outcomes.filter(({ outcome }) => outcome === "failed")).toEqual([]);
  expect([refusals, waits]).toEqual([2, [1, 1]]);
  expect(performance.now() - startedAt).toBeGreaterThan(1990);
});

test("a server that falls silent is not asked for ever", async () => {
  let asked = 0;
  const url = await startProxy(server.gateway.url, {
    answer: (_, { path }) => (path === "/api/v1/keys/self" && asked === 0 ? void (asked = 1) : new Promise(() => (asked += 1))),
  });
  const { outcomes } = await conformanceOf(url, ["listAgents", "getAgent", "listModels", "listSessions"], { timeoutMs: 300 });
  await vi.waitFor(() => expect(asked).toBe(21));
  expect(outcomes.length).toBeGreaterThan(asked);
  expect(new Set(outcomes.flatMap(({ faults }) => faults.map(({ rule }) => rule)))).toEqual(new Set(["answer"]));
});

test.each([
  ["application/json", "{}", 1, /^$/],
  ["application/json", "[null]", 1, /^$/],
  ["application/json", "null", 1, /^$/],
  ["application/json", "{", 2, / did not answer with JSON: \{$/m],
  ["text/event-stream", "data: {}\n\n", 2, / is the gateway at /],
  ["text/html", "<p>Hello", 2, / is the gateway at /],
])("whatever a server answers, the tests come to their end: %s %s", async (mediaType, body, status, said) => {
  const other = createServer((req, res) => void req.resume().on("end", () => res.writeHead(200, { "Content-Type": mediaType }).end(body)));
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const { port } = other.address() as AddressInfo;
  const outcome = await conformance("--base-url", `http://127.0.0.1:${port}`, "--token", adminToken, "--edition", "agents");
  other.close();
  expect([outcome.status, outcome.stderr]).toEqual([status, expect.stringMatching(said)]);
});
