import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Tool } from "../port.ts";
import { testToolContext } from "../testing.ts";
import { createListTool } from "./list.ts";

let folder: string;
let tool: Tool;
const list = (path?: string): Promise<string> => tool.invoke(path === undefined ? {} : { path }, testToolContext());

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "openclaw-list-")));
  for (const name of ["root", "root/sub", "root/empty", "root/many", "outside"]) await mkdir(join(folder, name));
  await writeFile(join(folder, "root", "notes.txt"), "12345");
  await writeFile(join(folder, "root", "two\nlines"), "");
  await writeFile(join(folder, "outside", "secret.txt"), "secret");
  await symlink(join(folder, "outside"), join(folder, "root", "linked"));
  await symlink("sub", join(folder, "root", "inner"));
  for (let index = 0; index < 1001; index++) await writeFile(join(folder, "root", "many", String(index).padStart(4, "0")), "");
  tool = createListTool({ roots: [join(folder, "root")] });
});
afterAll(() => rm(folder, { recursive: true }));

test("lists the workspace: files with their size, folders, links, each on one line", async () => {
  expect(await list()).toBe('empty/\ninner (link)\nlinked (link)\nmany/\nnotes.txt (5)\nsub/\n"two\\nlines" (0)');
  expect(await list("empty")).toBe("The folder is empty.");
  expect(await list("inner")).toBe("The folder is empty.");
});

test("cuts a long list, and says so", async () => {
  const lines = (await list("many")).split("\n");
  expect([lines.length, lines.at(-1)]).toEqual([1001, "[The list was cut: there are 1001 entries, and these are the first 1000.]"]);
});

test.each([["..", "outside the folders"], ["../outside", "outside the folders"], ["linked", "outside the folders"], ["/etc", "outside the folders"], ["notes.txt", "is not a folder"], ["nothing", "There is no file"], ["a\0", "NUL"]])("refuses %j: %s", async (path, message) => {
  await expect(list(path)).rejects.toThrow(message);
});
