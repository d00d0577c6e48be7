import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { zipOf } from "../skills/testing/archives.ts";
import { makeSkillsFolder, skillFile, type SkillsFolder } from "../skills/testing/skills.ts";
import { runOpenclaw } from "./testing.ts";

let folder: SkillsFolder;
let run: (...args: string[]) => ReturnType<typeof runOpenclaw>;
beforeEach(async () => {
  folder = await makeSkillsFolder();
  const file = join(folder.path, "settings.json");
  writeFileSync(file, JSON.stringify({ skills: { roots: folder.settings.roots, registry: "http://127.0.0.1:9/index.json" } }));
  run = (...args) => runOpenclaw(["skills", ...args, "--config", file], { HOME: folder.path, OPENCLAW_STATE_DIR: folder.path });
});
afterEach(() => folder.remove());

test("installs from anywhere, lists, and removes", async () => {
  await folder.write("anywhere/pdf/SKILL.md", skillFile("pdf", { head: "version: 1.2.0\nrequires: {env: [PDF_KEY], tools: [write]}\n", description: "Reads PDF." }));
  const archive = await folder.write("anywhere/csv.zip", zipOf([{ path: "SKILL.md", content: skillFile("csv") }]));
  expect(await run("list")).toEqual({ status: 0, stdout: "There is no skill yet.\n", stderr: "" });
  expect(await run("install", join(folder.path, "anywhere/pdf"))).toEqual({ status: 0, stdout: "Installed: pdf 1.2.0\n", stderr: "It is not used until there is env:PDF_KEY, tool:write.\n" });
  expect(await run("install", archive)).toMatchObject({ status: 0, stdout: "Installed: csv\n" });
  expect((await run("list")).stdout).toBe(["NAME  VERSION  STATE                          WHAT IT IS FOR", "csv   -        good                           What csv is for", "pdf   1.2.0    lacks env:PDF_KEY, tool:write  Reads PDF.", ""].join("\n"));
  expect(JSON.parse((await run("list", "--json")).stdout)).toMatchObject({ skills: [{ name: "csv", enabled: true }, { name: "pdf", missing: ["env:PDF_KEY", "tool:write"] }] });
  expect(await run("remove", "pdf")).toEqual({ status: 0, stdout: "Removed: pdf\n", stderr: "" });
  expect(readdirSync(folder.settings.roots[0]!)).toEqual(["csv"]);
});

test("says what is refused, and leaves with a status that tells why", async () => {
  const archive = await folder.write("csv.zip", zipOf([{ path: "SKILL.md", content: skillFile("csv") }]));
  expect(await run("install", "./missing")).toEqual({ status: 64, stdout: "", stderr: 'There is no folder or archive "./missing".\n' });
  expect(await run("remove", "csv")).toMatchObject({ status: 64, stderr: "There is no skill `csv`.\n" });
  await run("install", archive);
  expect(await run("install", archive)).toMatchObject({ status: 64, stderr: expect.stringContaining("`csv` already") as string });
  expect(await run("install", archive, "--force", "--json")).toMatchObject({ status: 0, stdout: expect.stringContaining('"name":"csv"') as string });
  expect(await run("install", "csv@1.0.0")).toMatchObject({ status: 69, stderr: expect.stringContaining("The registry of skills could not be fetched") as string });
  writeFileSync(join(folder.path, "settings.json"), "{ skillz: {} }");
  expect((await run("list")).status).toBe(78);
});
