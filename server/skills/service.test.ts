import { chmod, mkdir, rename, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { testPrincipal } from "../keys/testing.ts";
import { catalogueOf } from "./catalogue.ts";
import { makeSkillsFolder, skillFile, type SkillsFolder } from "./testing/skills.ts";

const principal = testPrincipal();
let folder: SkillsFolder;
beforeEach(async () => {
  folder = await makeSkillsFolder();
});
afterEach(() => folder.remove());

const put = (name: string, options: Parameters<typeof skillFile>[1] = {}, root = "first") => folder.write(`roots/${root}/${name}/SKILL.md`, skillFile(name, options));

test("lists the skills of all folders by name; of two with one name that of the first folder", async () => {
  await put("zip", {}, "first");
  await put("pdf", { description: "the first" }, "first");
  await put("pdf", { description: "the second" }, "second");
  await put("csv", {}, "second");
  await folder.write("roots/first/no-skill/README.md", "nothing");
  await folder.write("roots/first/.hidden/SKILL.md", skillFile("hidden"));
  const skills = await folder.skills().list();
  expect(skills.map(({ name, description, isInstalled, problem }) => [name, description, isInstalled, problem])).toEqual([
    ["csv", "What csv is for", false, null],
    ["pdf", "the first", true, null],
    ["zip", "What zip is for", true, null],
  ]);
  expect(Math.abs(skills[0]!.installedAt - Date.now())).toBeLessThan(60_000);
});

test("has no skills where the folders are missing", async () => {
  const skills = folder.skills({ roots: [] });
  await skills.start();
  expect(await skills.list()).toEqual([]);
  expect(await folder.skills().list()).toEqual([]);
  expect(skills.tools()).toEqual([]);
});

test("lists what cannot be used with the reason, and shows it to nobody", async () => {
  await folder.write("roots/first/broken/SKILL.md", "# no head");
  await folder.write("roots/first/other-name/SKILL.md", skillFile("name"));
  await folder.write("roots/first/Upper Case/SKILL.md", skillFile("upper"));
  await folder.write("roots/first/huge/SKILL.md", skillFile("huge", { instructions: "x".repeat(256 * 1024) }));
  await mkdir(join(folder.path, "roots/first/a-folder/SKILL.md"), { recursive: true });
  await folder.write("outside/secret/SKILL.md", skillFile("secret"));
  await symlink(join(folder.path, "outside/secret"), join(folder.path, "roots/first/secret"));
  await folder.write("roots/first/linked/text.md", skillFile("linked"));
  await symlink(join(folder.path, "outside/secret/SKILL.md"), join(folder.path, "roots/first/linked/SKILL.md"));
  const skills = folder.skills();
  expect(Object.fromEntries((await skills.list()).map(({ name, problem }) => [name, problem]))).toEqual({
    "Upper Case": "SKILL.md names it upper, and its folder must be named like that",
    "a-folder": "SKILL.md is not a regular file",
    broken: "SKILL.md does not begin with a head of YAML between two lines of ---",
    huge: "SKILL.md is larger than 256 KB",
    linked: "SKILL.md is not a regular file",
    "other-name": "SKILL.md names it name, and its folder must be named like that",
    secret: "its folder is a symbolic link that leads out of the folder of skills",
  });
  expect(await skills.offer(["*"], [])).toEqual({ skills: [], text: "" });
  expect(skills.tools()).toEqual([]);
});

test("a skill that may not be read is listed", async () => {
  if (process.getuid?.() === 0) return;
  await chmod(await put("closed"), 0);
  expect((await folder.skills().list())[0]).toMatchObject({ name: "closed", problem: "it cannot be read by the user who runs the gateway" });
});

test("lists what a skill requires and the gateway lacks, and offers it once it is there", async () => {
  const bin = await folder.write("bin/pandoc-test", "");
  await put("pdf", { head: "requires:\n  bins: [pandoc-test, ../bin/pandoc-test]\n  env: [API_KEY, EMPTY]\n  tools: [fetch, write]\n" });
  const env: Record<string, string> = { PATH: join(folder.path, "bin"), EMPTY: "" };
  const tools = new Set(["fetch"]);
  const skills = folder.skills({}, { env, hasTool: (name) => tools.has(name) });
  expect((await skills.list())[0]!.missing).toEqual(["bin:pandoc-test", "bin:../bin/pandoc-test", "env:API_KEY", "env:EMPTY", "tool:write"]);
  expect(await skills.offer(["*"], [])).toEqual({ skills: [], text: "" });

  await chmod(bin, 0o755);
  Object.assign(env, { API_KEY: "k", EMPTY: "e" });
  tools.add("write");
  expect((await skills.list())[0]!.missing).toEqual(["bin:../bin/pandoc-test"]);
  await put("pdf", { head: "requires: {bins: [pandoc-test]}\n" });
  expect((await skills.offer(["*"], [])).skills.map(({ name }) => name)).toEqual(["pdf"]);
});

test("sees skills that come, change and go by hand", async () => {
  const skills = folder.skills();
  const names = async () => (await skills.offer(["*"], [])).skills.map(({ name, description }) => [name, description]);
  expect(await names()).toEqual([]);
  await put("pdf");
  expect(await names()).toEqual([["pdf", "What pdf is for"]]);
  await put("pdf", { description: "Something else entirely" });
  expect(await names()).toEqual([["pdf", "Something else entirely"]]);
  await rename(join(folder.path, "roots/first/pdf"), join(folder.path, "roots/pdf"));
  expect(await names()).toEqual([]);
});

test("uses what it read for a while, and answers then without waiting", async () => {
  await put("pdf");
  const skills = folder.skills({}, { freshForMs: 60_000 });
  await skills.start();
  await put("csv");
  expect(skills.offer(["*"], [])).toMatchObject({ skills: [{ name: "pdf" }] });
  expect(skills.offer(["*"], [])).toBe(skills.offer(["*"], []));
  await skills.list();
  expect(skills.offer(["*"], [])).toMatchObject({ skills: [{ name: "csv" }, { name: "pdf" }] });
});

test("offers what the agent's globs choose, narrowed by the workspace's", async () => {
  for (const name of ["pdf-read", "pdf-write", "csv"]) await put(name);
  const skills = folder.skills();
  const names = async (agent: string[], workspace: string[]) => (await skills.offer(agent, workspace)).skills.map(({ name }) => name);
  expect(await names(["*"], [])).toEqual(["csv", "pdf-read", "pdf-write"]);
  expect(await names(["pdf-*"], [])).toEqual(["pdf-read", "pdf-write"]);
  expect(await names(["*"], ["pdf-*"])).toEqual(["pdf-read", "pdf-write"]);
  expect(await names(["csv", "pdf-read"], ["pdf-*"])).toEqual(["pdf-read"]);
  expect(await names([], ["*"])).toEqual([]);
  expect(await names(["csv"], ["pdf-*"])).toEqual([]);
});

test("takes other folders while it runs", async () => {
  await put("pdf");
  const skills = folder.skills();
  await skills.list();
  await skills.use({ ...folder.settings, roots: [join(folder.path, "elsewhere")] });
  expect(await skills.list()).toEqual([]);
});

test("removes a skill with all its files, links as links, and nothing else", async () => {
  await put("pdf");
  await folder.write("roots/first/pdf/deep/er/file.txt", "x");
  await symlink(join(folder.path, "roots/first/csv"), join(folder.path, "roots/first/pdf/link"));
  await put("csv");
  await symlink(join(folder.path, "roots/first/csv"), join(folder.path, "roots/first/alias"));
  await put("second", {}, "second");
  const skills = folder.skills();
  await skills.remove(principal, "pdf");
  await skills.remove(principal, "alias");
  expect((await skills.list()).map(({ name }) => name)).toEqual(["csv", "second"]);
  await expect(skills.remove(principal, "pdf")).rejects.toMatchObject({ code: "not_found" });
  await expect(skills.remove(principal, "second")).rejects.toMatchObject({ code: "conflict" });
  await rm(join(folder.path, "roots/first/csv"), { recursive: true });
});

test("a key that is bound to workspaces changes nothing, since skills are for all", async () => {
  await put("pdf");
  const skills = folder.skills();
  const bound = testPrincipal({ workspaces: ["team"] });
  await expect(skills.remove(bound, "pdf")).rejects.toMatchObject({ code: "forbidden" });
  await expect(skills.install(bound, { path: "pdf" }, { force: true })).rejects.toMatchObject({ code: "forbidden" });
  expect(await skills.list()).toHaveLength(1);
});

test("the catalogue keeps each skill on a line, and within its bound", () => {
  const skill = { name: "pdf", description: "Reads\n- evil: a second entry\u2028\u0007 PDF", version: null, license: null, compatibility: null, allowedTools: [], metadata: {}, folder: "/", isInstalled: true, missing: [], problem: null, installedAt: 0 };
  expect(catalogueOf([skill]).split("\n").slice(1)).toEqual(["- pdf: Reads - evil: a second entry PDF"]);
  const many = catalogueOf(Array.from({ length: 500 }, (_, index) => ({ ...skill, name: `skill-${index}`, description: "x".repeat(1024) })));
  expect(many.length).toBeLessThan(2000 * 4 + 200);
  expect(many).toMatch(/- and \d+ more/);
  expect(catalogueOf([])).toBe("");
});
