import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { testToolContext } from "../tools/testing.ts";
import { makeSkillsFolder, skillFile, type SkillsFolder } from "./testing/skills.ts";

let folder: SkillsFolder;
let globs = { agent: ["*"], workspace: [] as string[] };
let call: (input: Record<string, unknown>) => Promise<string>;

beforeAll(async () => {
  folder = await makeSkillsFolder();
  await folder.write("roots/first/pdf/SKILL.md", skillFile("pdf", { instructions: "# Reading PDF\n\nSee references/forms.md." }));
  await folder.write("roots/first/pdf/references/forms.md", "How forms work");
  await folder.write("roots/first/pdf/image.bin", Buffer.from([0, 1, 2]));
  await folder.write("roots/first/csv/SKILL.md", skillFile("csv"));
  await folder.write("roots/first/broken/SKILL.md", "no head");
  await folder.write("secret.txt", "secret");
  await symlink(join(folder.path, "secret.txt"), join(folder.path, "roots/first/pdf/link.txt"));
  const skills = folder.skills({}, { globsOf: async () => globs });
  await skills.start();
  const [tool] = skills.tools();
  call = (input) => tool!.invoke(input, testToolContext());
});
afterAll(() => folder.remove());

test("reads the instructions without their head, and names the skill's files", async () => {
  expect(await call({ name: "pdf" })).toBe("# Reading PDF\n\nSee references/forms.md.\n\n[Files of this skill: image.bin, references/forms.md]");
  expect(await call({ name: "csv" })).toBe("How to do csv.");
});

test("reads a text file of the skill's folder, and no other", async () => {
  expect(await call({ name: "pdf", file: "references/forms.md" })).toBe("How forms work");
  for (const file of ["../csv/SKILL.md", "/etc/passwd", "link.txt", join(folder.path, "secret.txt")]) await expect(call({ name: "pdf", file })).rejects.toThrow("is outside");
  await expect(call({ name: "pdf", file: "image.bin" })).rejects.toThrow("not a text file");
  await expect(call({ name: "pdf", file: "missing.md" })).rejects.toThrow("There is no file");
});

test("knows only the skills of the agent and the workspace that it is called for", async () => {
  globs = { agent: ["csv"], workspace: [] };
  await expect(call({ name: "pdf" })).rejects.toThrow('There is no skill "pdf". The skills are csv.');
  globs = { agent: ["*"], workspace: ["csv"] };
  await expect(call({ name: "pdf" })).rejects.toThrow("The skills are csv.");
  globs = { agent: [], workspace: [] };
  await expect(call({ name: "csv" })).rejects.toThrow("There is none to read here.");
  globs = { agent: ["*"], workspace: [] };
  for (const name of ["broken", "..", "../first/pdf"]) await expect(call({ name })).rejects.toThrow("The skills are csv, pdf.");
});
