import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { matchesAny } from "./globs.ts";
import type { Tool, ToolSource } from "./port.ts";
import type { ToolRights } from "../keys/principal.ts";
import type { AgentTools } from "./policy.ts";
import { createTools, ToolInputError, ToolTimeout } from "./registry.ts";
import { testToolContext, testToolSettings } from "./testing.ts";

const context = testToolContext();
const fake = (name: string, invoke: Tool["invoke"]): Tool => ({ name, description: name, inputSchema: { type: "object" }, invoke });
/** A room whose list stays. */
function source(...tools: readonly Tool[]): ToolSource {
  return { tools: () => tools };
}
let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "openclaw-tools-"));
  await writeFile(join(root, "notes.txt"), "remember the milk");
});
afterAll(() => rm(root, { recursive: true }));

test("lists the built-in tools and those of other rooms, sorted", () => {
  const tools = createTools({ settings: testToolSettings({ roots: [root] }), sources: [source(fake("memory_search", async () => ""), fake("read", async () => "another"))] });
  expect(tools.list().map((tool) => tool.name)).toEqual(["calculate", "fetch", "list", "memory_search", "now", "read", "run_code", "write"]);
  expect(tools.get("read")?.description).toContain("text file");
  expect(tools.get("nope")).toBeUndefined();
});

test("defines for a model what the settings, the key and the agent let through, all three", () => {
  const tools = createTools({ settings: testToolSettings({ deny: ["calc*"] }) });
  const names = (globs: readonly string[], keyTools: readonly string[] | null = null) => tools.definitions({ tools: globs, denyTools: [] }, { tools: keyTools, denyTools: null }).map((tool) => tool.name);
  expect(names(["*"])).toEqual(["fetch", "list", "now", "read"]);
  expect(names(["read", "calculate", "write"])).toEqual(["read"]);
  expect(names(["*"], ["r*", "write"])).toEqual(["read"]);
  expect(names(["*"], [])).toEqual([]);
  expect(names([])).toEqual([]);
});

test("defines nothing that is denied, to the agent or the key, and answers each key by itself", () => {
  const tools = createTools({ settings: testToolSettings() });
  const names = (agent: AgentTools, key: Partial<ToolRights> = {}) => tools.definitions(agent, { tools: null, denyTools: null, ...key }).map((tool) => tool.name);
  const agent = { tools: ["read", "list", "now"], denyTools: ["l*"] };
  expect(names(agent)).toEqual(["now", "read"]);
  expect(names(agent, { denyTools: ["*d"] })).toEqual(["now"]);
  expect(names(agent, { tools: ["read", "now"], denyTools: ["read"] })).toEqual(["now"]);
  expect(names(agent)).toEqual(["now", "read"]);
  expect(names({ tools: ["*"], denyTools: ["*"] })).toEqual([]);
  // The same lists turn after turn.
  const key = { tools: null, denyTools: ["read"] };
  expect(tools.definitions(agent, key)).toBe(tools.definitions(agent, { ...key }));
});

test("goes over to other settings while it runs", async () => {
  const tools = createTools({ settings: testToolSettings({ roots: [root], deny: ["read"] }) });
  const read = () => tools.invoke("read", '{"path":"notes.txt"}', context);
  await expect(read()).rejects.toThrow("The settings deny it");
  tools.use(testToolSettings({ roots: [root], ask: ["read"], approvalTimeoutMs: 7 }));
  expect(await read()).toBe("remember the milk");
  expect([tools.approvalTimeoutMs("read"), tools.approvalTimeoutMs("list")]).toEqual([7, null]);
  tools.use(testToolSettings({ roots: ["/nowhere"] }));
  await expect(read()).rejects.toThrow("`workspace` in the state folder");
});

test("invokes the built-in tools with JSON text, or an object", async () => {
  const tools = createTools({ settings: testToolSettings({ roots: [root] }) });
  expect(await tools.invoke("read", '{"path":"notes.txt"}', context)).toBe("remember the milk");
  expect(await tools.invoke("calculate", '{"expression":"0.1+0.2"}', context)).toBe("0.3");
  expect(await tools.invoke("calculate", { expression: "2^10" }, context)).toBe("1024");
});

describe("refuses with a text that the model may read", () => {
  const tools = createTools({ settings: testToolSettings({ roots: ["/nowhere"], deny: ["read"] }) });
  test("a tool that does not exist", () => expect(tools.invoke("nope", "{}", context)).rejects.toThrow('There is no tool named "nope"'));
  test("a tool that is denied", () => expect(tools.invoke("read", '{"path":"x"}', context)).rejects.toThrow("not allowed"));
  test("arguments that are not JSON", () => expect(tools.invoke("calculate", "{oops", context)).rejects.toThrow("not valid JSON"));
  test("arguments that do not fit, with every fault", async () => {
    const error = await tools.invoke("calculate", '{"expression":"","more":1}', context).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ToolInputError);
    expect((error as ToolInputError).faults).toEqual([
      { path: "/more", message: "is not known here" },
      { path: "/expression", message: "must not be empty" },
    ]);
  });
  test.each(["[]", "7", "null", "{}", ""])("the arguments %j", (text) => expect(tools.invoke("calculate", text, context)).rejects.toBeInstanceOf(ToolInputError));
});

test("stops a tool that takes too long, and tells it so", async () => {
  let told: unknown;
  const deaf = fake("deaf", (_input, { signal }) => {
    signal.addEventListener("abort", () => (told = signal.reason));
    return new Promise(() => {});
  });
  const error = await createTools({ settings: testToolSettings({ timeoutMs: 20 }), sources: [source(deaf)] }).invoke("deaf", "{}", context).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ToolTimeout);
  expect((error as ToolTimeout).message).toContain("took longer than 20 ms");
  expect(told).toBe(error);
});

test("an abort is thrown as it is", async () => {
  const controller = new AbortController();
  const reason = new Error("the client left");
  const result = createTools({ settings: testToolSettings(), sources: [source(fake("deaf", () => new Promise(() => {})))] }).invoke("deaf", "{}", testToolContext({ signal: controller.signal }));
  controller.abort(reason);
  await expect(result).rejects.toBe(reason);
});

test("what breaks inside a tool stays inside, as the cause", async () => {
  const broken = fake("broken", async () => {
    throw new Error("/secret/path exploded");
  });
  await expect(createTools({ settings: testToolSettings(), sources: [source(broken)] }).invoke("broken", "{}", context)).rejects.toMatchObject({
    name: "ToolError",
    message: "The tool broken failed.",
    cause: { message: "/secret/path exploded" },
  });
});

test("cuts a long output between two characters, and says so", async () => {
  const long = createTools({ settings: testToolSettings(), sources: [source(fake("long", async () => `x${"ä".repeat(40_000)}`))] });
  const output = await long.invoke("long", "{}", context);
  expect(output).toMatch(/^xä{32767}\n\[The output was cut: it has 80001 bytes, and these are the first 65535\.\]$/);
});

test("keeps the beginning of 50 MB and lets the rest go", async () => {
  const huge = createTools({ settings: testToolSettings(), sources: [source(fake("huge", async () => "x".repeat(50_000_000)))] });
  const output = await huge.invoke("huge", "{}", context);
  expect(output.length).toBeLessThan(65_700);
  expect(output).toContain("it has 50000000 bytes");
});

test("a foreign schema that cannot be compiled fails its own tool only", async () => {
  const odd: Tool = { ...fake("odd", async () => ""), inputSchema: { type: "nonsense" } };
  await expect(createTools({ settings: testToolSettings(), sources: [source(odd)] }).invoke("odd", "{}", context)).rejects.toThrow("input schema that cannot be used");
});

test.each([
  [["*"], "read", true], [["read"], "read", true], [["read"], "reader", false], [["mcp_*"], "mcp_github_list", true], [["*_list"], "mcp_github_list", true], [["mcp_*_list"], "mcp_list", false],
  [["a*b*c"], "axxbyyc", true], [["a*b*c"], "axxc", false], [["r.ad"], "read", false], [[], "read", false],
])("globs %j on %s: %s", (globs, name, expected) => {
  expect(matchesAny(globs, name)).toBe(expected);
});
