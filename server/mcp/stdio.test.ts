import { spawnSync } from "node:child_process";
import { afterEach, expect, test, vi } from "vitest";
import { createTools } from "../tools/registry.ts";
import { testToolContext, testToolSettings } from "../tools/testing.ts";
import type { McpServerSettings } from "../settings/settings.ts";
import type { McpOptions } from "./service.ts";
import { createTestMcp, everythingProgram, nodeServer, oddServer, type TestMcp } from "./testing.ts";

const open: TestMcp[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map(({ mcp }) => mcp.close()));
});

function start(servers: Record<string, McpServerSettings>, options: Partial<McpOptions> = {}): TestMcp {
  const started = createTestMcp(options);
  open.push(started);
  started.mcp.use({ servers });
  return started;
}

const stateOf = ({ mcp }: TestMcp, name: string) => mcp.list().find((server) => server.name === name);
const reaches = (test: TestMcp, name: string, state: string) => vi.waitFor(() => expect(stateOf(test, name)?.state).toBe(state), { timeout: 10_000 });
const names = ({ mcp }: TestMcp): string[] => mcp.tools().map((tool) => tool.name);
const context = testToolContext();
/** One that has ended and that nobody has asked after (`Z`) does not live. */
const isAlive = (pid: number): boolean => /^[^Z]/.test(spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" }).stdout.trim());

test("a real server: its tools are listed, called, and stopped", async () => {
  const started = start({ everything: nodeServer(everythingProgram) });
  expect(stateOf(started, "everything")).toEqual({ name: "everything", transport: "stdio", state: "connecting", toolCount: 0, lastError: null });
  await reaches(started, "everything", "connected");
  const tools = createTools({ settings: testToolSettings(), sources: [started.mcp] });
  expect(names(started)).toContain("everything__echo");
  expect(started.mcp.tools()).toBe(started.mcp.tools());
  expect(await tools.invoke("everything__echo", '{"message":"Grüße"}', context)).toBe("Echo: Grüße");
  expect(await tools.invoke("everything__get-sum", '{"a":1,"b":2}', context)).toContain("3");
  expect(await tools.invoke("everything__get-tiny-image", "{}", context)).toMatch(/\[image: image\/png, \d+ bytes\]/);
  await expect(tools.invoke("everything__get-sum", '{"a":"one"}', context)).rejects.toThrow("/a must be number");

  const env = JSON.parse(await tools.invoke("everything__get-env", "{}", context)) as Record<string, string>;
  expect(Object.keys(env).sort()).toEqual(["HOME", "PATH"]);

  const controller = new AbortController();
  const long = tools.invoke("everything__trigger-long-running-operation", '{"duration":60,"steps":60}', testToolContext({ signal: controller.signal }));
  const reason = new Error("the client left");
  controller.abort(reason);
  await expect(long).rejects.toBe(reason);
  expect(stateOf(started, "everything")?.state).toBe("connected");
});

test("a program that is not there is tried again after ever longer times", async () => {
  const started = start({ gone: { enabled: true, transport: "stdio", command: "no-such-program", args: [], env: {} } });
  const delays: number[] = [];
  for (let attempt = 0; attempt < 8; attempt += 1) {
    await vi.waitFor(() => expect(started.waiting).toHaveLength(1));
    delays.push(started.waiting[0]!.delayMs);
    expect(stateOf(started, "gone")).toMatchObject({ state: "disconnected", lastError: "the program `no-such-program` cannot be started (ENOENT)" });
    started.waiting[0]!.run();
  }
  expect(delays).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
});

test("a program that dies during a call fails the call and is started again", async () => {
  const started = start({ odd: oddServer() });
  await reaches(started, "odd", "connected");
  const die = started.mcp.tools().find((tool) => tool.name === "odd__die")!;
  await expect(die.invoke({}, context)).rejects.toMatchObject({ name: "ToolError", message: "The MCP server odd failed: the program ended with exit code 7." });
  await vi.waitFor(() => expect(started.waiting).toHaveLength(1));
  expect(stateOf(started, "odd")).toMatchObject({ state: "disconnected", toolCount: 0, lastError: "the program ended with exit code 7" });
  expect(names(started)).toEqual([]);
  await expect(die.invoke({}, context)).rejects.toThrow("The MCP server odd is not connected: the program ended with exit code 7.");
  started.waiting[0]!.run();
  await reaches(started, "odd", "connected");
  expect(started.mcp.tools()).toContain(die);
  expect(stateOf(started, "odd")?.lastError).toBeNull();
});

test("the waits begin anew after a minute of connection", async () => {
  const started = start({ odd: oddServer() });
  const delays: number[] = [];
  for (const upMs of [0, 0, 60_000]) {
    await reaches(started, "odd", "connected");
    started.clock.now += upMs;
    await expect(started.mcp.tools()[0]!.invoke({}, context)).rejects.toThrow("exit code 7");
    await vi.waitFor(() => expect(started.waiting).toHaveLength(1));
    delays.push(started.waiting[0]!.delayMs);
    started.waiting[0]!.run();
  }
  expect(delays).toEqual([1_000, 2_000, 1_000]);
});

test.each(["silent", "garbage"])("a program that is %s instead of shaking hands is given up after a time", async (behaviour) => {
  const started = start({ odd: oddServer(behaviour) }, { connectTimeoutMs: 300 });
  await reaches(started, "odd", "disconnected");
  expect(stateOf(started, "odd")?.lastError).toBe("the server did not complete the handshake within 300 ms");
});

test("a line without an end is not read for ever", async () => {
  const started = start({ odd: oddServer("endless") });
  await reaches(started, "odd", "disconnected");
  expect(stateOf(started, "odd")?.lastError).toContain("wrote a line of more than");
});

test("a program that ends on a question it does not know is spoken to in the older way", async () => {
  const started = start({ odd: oddServer("touchy") });
  await vi.waitFor(() => expect(started.waiting).toHaveLength(1), { timeout: 5_000 });
  expect(stateOf(started, "odd")?.lastError).toBe("the program ended with exit code 3");
  started.waiting[0]!.run();
  await reaches(started, "odd", "connected");
});

test("a server of the revision 2026-07-28 is spoken to in it", async () => {
  const started = start({ odd: oddServer("modern") });
  await reaches(started, "odd", "connected");
  expect(names(started)).toEqual(["odd__die", "odd__secrets", "odd__break"]);
});

test("500 tools, on ten pages", async () => {
  const started = start({ odd: oddServer("many") });
  await reaches(started, "odd", "connected");
  expect(names(started)).toHaveLength(500);
  expect(names(started)).toContain("odd__tool499");
});

test("tools with schemas that cannot be used are left out, and the log says why", async () => {
  const started = start({ odd: oddServer("schemas") });
  await reaches(started, "odd", "connected");
  expect(names(started)).toEqual(["odd__good"]);
  expect(started.logged.filter(({ tool }) => tool !== undefined)).toMatchObject([
    { tool: "huge", reason: "its input schema is larger than 65536 characters" },
    { tool: "broken", reason: "its input schema cannot be used" },
    { tool: "unresolved", reason: "its input schema cannot be used" },
  ]);
});

test("a list that changes is read again; what stays is the same tool", async () => {
  const started = start({ odd: oddServer("changing") });
  await reaches(started, "odd", "connected");
  const change = started.mcp.tools().find((tool) => tool.name === "odd__change")!;
  expect(await change.invoke({}, context)).toBe("changed");
  await vi.waitFor(() => expect(names(started)).toEqual(["odd__change", "odd__after"]), { timeout: 5_000 });
  expect(started.mcp.tools()[0]).toBe(change);
});

test("a tool that its server calls destructive is dangerous; without a word it is not", async () => {
  const started = start({ odd: oddServer("warning") });
  await vi.waitFor(() => expect(started.mcp.tools().map(({ name, isDangerous }) => [name, isDangerous])).toEqual([["odd__erase", true], ["odd__add", false], ["odd__other", false]]), 10_000);
});

test("what a tool says of its failure reaches the caller; a secret of the settings does not", async () => {
  const started = start({ odd: { ...oddServer("plain"), env: { TOKEN: "SENTINEL-token" } } });
  await reaches(started, "odd", "connected");
  const [, secrets, broken] = started.mcp.tools();
  await expect(broken!.invoke({}, context)).rejects.toMatchObject({ name: "ToolError", message: "it is broken" });
  await expect(secrets!.invoke({}, context)).rejects.toThrow("I was given [redacted]");
  expect(stateOf(started, "odd")?.state).toBe("connected");
});

test("what a program writes to its standard error is logged, bounded", async () => {
  const started = start({ odd: oddServer("chatter", "words") });
  await reaches(started, "odd", "connected");
  const lines = started.logged.flatMap(({ line }) => line ?? []);
  expect(lines[0]).toMatch(/^0 words y+…$/);
  expect(lines.length).toBeLessThan(60);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(510);
});

test("a deaf program and what it has started are ended with the gateway", async () => {
  const started = start({ odd: oddServer("family") });
  const pids = await vi.waitFor(() => {
    const found = started.logged.find(({ line }) => line?.startsWith("pids"));
    expect(found).toBeDefined();
    return found!.line!.split(" ").slice(1).map(Number);
  }, { timeout: 5_000 });
  expect(pids.map(isAlive)).toEqual([true, true]);
  await started.mcp.close();
  await vi.waitFor(() => expect(pids.map(isAlive)).toEqual([false, false]));
});

test("new settings start, end and restart what they change; the rest stays", async () => {
  const started = start({ stays: oddServer(), changes: oddServer("one"), goes: oddServer(), rests: { ...oddServer(), enabled: false } });
  await Promise.all(["stays", "changes", "goes"].map((name) => reaches(started, name, "connected")));
  expect(stateOf(started, "rests")).toMatchObject({ state: "disabled", toolCount: 0 });
  const kept = started.mcp.tools().filter((tool) => tool.name.startsWith("stays__"));
  started.mcp.use({ servers: { stays: oddServer(), changes: oddServer("two"), comes: oddServer() } });
  expect(started.mcp.list().map(({ name, state }) => [name, state])).toEqual([["stays", "connected"], ["changes", "connecting"], ["comes", "connecting"]]);
  expect(started.mcp.tools()).toEqual(kept);
  await Promise.all(["changes", "comes"].map((name) => reaches(started, name, "connected")));
  expect(names(started).filter((name) => name.endsWith("__die"))).toEqual(["stays__die", "changes__die", "comes__die"]);
});
