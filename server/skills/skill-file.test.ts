import { expect, test } from "vitest";
import { isSkillName, readSkillFile } from "./skill-file.ts";
import { skillFile } from "./testing/skills.ts";

test("reads the published format, and what is our own", async () => {
  const head = ["license: Apache-2.0", "compatibility: Needs pandoc", "metadata:", "  author: example-org", "  version: 1.2", "allowed-tools: Bash(git:*) read, calculate", "requires:", "  bins: [pandoc]", "  env: [API_KEY]", "  tools: [fetch]", "something-else: [1]", ""].join("\n");
  const read = await readSkillFile(skillFile("pdf-processing", { description: "Reads PDF files.", head, instructions: "# PDF\n\n---\n\nDo it." }));
  expect(read.head).toEqual({
    name: "pdf-processing",
    description: "Reads PDF files.",
    version: "1.2",
    license: "Apache-2.0",
    compatibility: "Needs pandoc",
    allowedTools: ["Bash(git:*)", "read", "calculate"],
    metadata: { author: "example-org", version: "1.2" },
    requires: { bins: ["pandoc"], env: ["API_KEY"], tools: ["fetch"] },
  });
  expect(read.instructions.trim()).toBe("# PDF\n\n---\n\nDo it.");
});

test("reads lines that end as on Windows, a byte order mark, and a description of several lines", async () => {
  const { head, instructions } = await readSkillFile("\uFEFF---\r\nname: a1\r\ndescription: >\r\n  One\r\n  two.\r\n---\r\nText");
  expect([head.name, head.description, instructions]).toEqual(["a1", "One two.", "Text"]);
});

test("reads a head without instructions, and instructions behind the longest head", async () => {
  expect((await readSkillFile("---\nname: a\ndescription: b\n---")).instructions).toBe("");
  const long = "x".repeat(100_000);
  expect((await readSkillFile(`---\nname: a\ndescription: b\n---\n${long}`)).instructions).toBe(long);
});

test.each([
  ["", "does not begin with a head"],
  ["# No head\n---\nname: a\n---\n", "does not begin with a head"],
  ["---\nname: a\ndescription: b\n", "does not begin with a head"],
  ["---\n---\n", "must be a mapping"],
  ["---\n- a\n---\n", "must be a mapping"],
  ["---\nname: [\n---\n", "is not YAML"],
  ["---\ndescription: b\n---\n", "has no name"],
  ["---\nname: a\n---\n", "has no description"],
  ["---\nname: a\ndescription: '  '\n---\n", "has no description"],
  ["---\nname: a\ndescription: [b]\n---\n", "description must be a text"],
  [`---\nname: a\ndescription: ${"b".repeat(1025)}\n---\n`, "description has 1025 characters"],
  ["---\nname: A\ndescription: b\n---\n", "its name must be"],
  ["---\nname: 1\ndescription: b\n---\n", "its name must be"],
  ["---\nname: a\ndescription: b\nrequires: [bins]\n---\n", "requires must be a mapping"],
  ["---\nname: a\ndescription: b\nrequires: {bins: [1]}\n---\n", "requires.bins must be a list of names"],
  ["---\na: &a [x,x]\nb: &b [*a,*a]\nname: a\ndescription: b\n---\n", "is not YAML"],
  [`---\n${"#".repeat(20_000)}\nname: a\ndescription: b\n---\n`, "does not begin with a head"],
])("refuses %j", async (text, reason) => {
  await expect(readSkillFile(text)).rejects.toThrow(reason);
});

test.each(["a", "0", "pdf-processing", "a-b-c", "x".repeat(64)])("%s is a name", (name) => expect(isSkillName(name)).toBe(true));
test.each(["", "-a", "a-", "a--b", "A", "a_b", "a.b", "a/b", "..", "ä", "a\n", "x".repeat(65)])("%j is no name", (name) => expect(isSkillName(name)).toBe(false));
