import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { matchesAny } from "./globs.ts";
import { ToolError, type Tool, type ToolSource } from "./port.ts";
import { createTools, ToolInputError } from "./registry.ts";
import { testToolContext } from "./testing.ts";

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
  const tools = createTools({ roots: [root], sources: [source(fake("memory_search", async () => ""))] });
  expect(tools.list().map((tool) => tool.name)).toEqual(["calculate", "memory_search", "read"]);
  expect(tools.get("read")?.name).toBe("read");
  expect(tools.get("write")).toBeUndefined();
});

test("defines for a model what both the settings and the agent let through", () => {
  const tools = createTools({ roots: [root], allow: ["*"], deny: ["calc*"], sources: [source(fake("memory_search", async () => ""))] });
  expect(tools.definitions(["*"]).map((tool) => tool.name)).toEqual(["memory_search", "read"]);
  expect(tools.definitions(["read", "calculate"]).map((tool) => tool.name)).toEqual(["read"]);
  expect(tools.definitions([])).toEqual([]);
  expect(tools.allowed("calculate")).toBe(false);
});

test("invokes the built-in tools with JSON text", async () => {
  const tools = createTools({ roots: [root] });
  expect(await tools.invoke("read", '{"path":"notes.txt"}', context)).toBe("remember the milk");
  expect(await tools.invoke("calculate", '{"expression":"0.1+0.2"}', context)).toBe("0.3");
});

describe("refuses with a text that the model may read", () => {
  const tools = createTools({ roots: ["/nowhere"], deny: ["read"] });
  test("a tool that does not exist", () => expect(tools.invoke("nope", "{}", context)).rejects.toThrow('There is no tool named "nope"'));
  test("a tool that is denied", () => expect(tools.invoke("read", '{"path":"x"}', context)).rejects.toThrow("not allowed"));
  test("arguments that are not JSON", () => expect(tools.invoke("calculate", "{oops", context)).rejects.toThrow("not valid JSON"));
  test("arguments that do not fit, with every fault", async () => {
    const error = await tools.invoke("calculate", '{"expression":"","more":1}', context).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ToolInputError);
    expect((error as ToolInputError).errors).toEqual([
      { path: "", message: "must NOT have additional properties (more)" },
      { path: "/expression", message: "must NOT have fewer than 1 characters" },
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
  await expect(createTools({ roots: [], timeoutMs: 20, sources: [source(deaf)] }).invoke("deaf", "{}", context)).rejects.toThrow("took longer than 20 ms");
  expect(told).toBeInstanceOf(ToolError);
});

test("an abort is thrown as it is", async () => {
  const controller = new AbortController();
  const reason = new Error("the client left");
  const result = createTools({ roots: [], sources: [source(fake("deaf", () => new Promise(() => {})))] }).invoke("deaf", "{}", testToolContext({ signal: controller.signal }));
  controller.abort(reason);
  await expect(result).rejects.toBe(reason);
});

test("what breaks inside a tool stays inside, as the cause", async () => {
  const broken = fake("broken", async () => {
    throw new Error("/secret/path exploded");
  });
  await expect(createTools({ roots: [], sources: [source(broken)] }).invoke("broken", "{}", context)).rejects.toMatchObject({
    name: "ToolError",
    message: "The tool broken failed.",
    cause: { message: "/secret/path exploded" },
  });
});

test("cuts a long output between two characters, and says so", async () => {
  const long = createTools({ roots: [], sources: [source(fake("long", async () => `x${"ä".repeat(40_000)}`))] });
  const output = await long.invoke("long", "{}", context);
  expect(output).toMatch(/^xä{32767}\n\[The output was cut: it has 80001 bytes, and these are the first 65535\.\]$/);
});

test("a foreign schema that cannot be compiled fails its own tool only", async () => {
  const odd: Tool = { ...fake("odd", async () => ""), inputSchema: { type: "nonsense" } };
  await expect(createTools({ roots: [], sources: [source(odd)] }).invoke("odd", "{}", context)).rejects.toThrow("input schema that cannot be used");
});

test.each([
  [["*"], "read", true], [["read"], "read", true], [["read"], "reader", false], [["mcp_*"], "mcp_github_list", true], [["*_list"], "mcp_github_list", true], [["mcp_*_list"], "mcp_list", false],
  [["a*b*c"], "axxbyyc", true], [["a*b*c"], "axxc", false], [["r.ad"], "read", false], [[], "read", false],
])("globs %j on %s: %s", (globs, name, expected) => {
  expect(matchesAny(globs, name)).toBe(expected);
});

test("another policy holds from the next call on", async () => {
  const tools = createTools({ roots: [], deny: ["calculate"], sources: [source(fake("memory_search", async () => "found"))] });
  tools.use({ roots: [root], deny: ["memory_*"] });
  expect(tools.definitions(["*"]).map((tool) => tool.name)).toEqual(["calculate", "read"]);
  expect(tools.list()).toHaveLength(3);
  expect(await tools.invoke("read", '{"path":"notes.txt"}', context)).toContain("milk");
  await expect(tools.invoke("memory_search", "{}", context)).rejects.toThrow("not allowed");
});
