import { execFileSync } from "node:child_process";
import { chmod, link, mkdir, mkdtemp, readdir, readFile, realpath, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Tool } from "../port.ts";
import { testToolContext } from "../testing.ts";
import { createWriteTool } from "./write.ts";

const context = testToolContext();
let folder: string;
let root: string;
let outside: string;
let tool: Tool;
const write = (path: string, content = "new", append = false): Promise<string> => tool.invoke({ path, content, append }, context);
const read = (path: string): Promise<string> => readFile(join(root, path), "utf8");

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "openclaw-write-")));
  root = join(folder, "root");
  outside = join(folder, "outside");
  for (const name of [root, outside, join(root, "sub"), join(folder, "second")]) await mkdir(name);
  await writeFile(join(root, "notes.txt"), "old");
  await writeFile(join(folder, "second", "there.txt"), "old");
  await writeFile(join(outside, "secret.txt"), "secret");
  await symlink(join(outside, "secret.txt"), join(root, "link.txt"));
  await symlink(join(outside, "none.txt"), join(root, "dangling.txt"));
  await symlink(outside, join(root, "linked"));
  execFileSync("mkfifo", [join(root, "pipe")]);
  tool = createWriteTool({ roots: [root, join(folder, "second")] });
});
afterEach(() => rm(folder, { recursive: true }));

test("makes a file, and the folders on the way", async () => {
  expect(await write("reports/2026/today.md", "Grüße")).toBe('Made "reports/2026/today.md": it has 7 bytes.');
  expect(await read("reports/2026/today.md")).toBe("Grüße");
  expect((await stat(join(root, "reports/2026/today.md"))).mode & 0o777).toBe(0o600);
});

test("replaces a file, keeps its mode, and leaves nothing beside it", async () => {
  await chmod(join(root, "notes.txt"), 0o640);
  expect(await write("./sub/../notes.txt")).toContain("Replaced");
  expect(await read("notes.txt")).toBe("new");
  expect((await stat(join(root, "notes.txt"))).mode & 0o777).toBe(0o640);
  expect((await readdir(root)).sort()).toEqual(["dangling.txt", "link.txt", "linked", "notes.txt", "pipe", "sub"]);
});

test("adds to a file, or begins it", async () => {
  await write("notes.txt", " and new", true);
  await write("log.txt", "first", true);
  expect([await read("notes.txt"), await read("log.txt")]).toEqual(["old and new", "first"]);
});

test("an existing file is written where it is, in whichever root", async () => {
  await write("there.txt");
  expect(await readFile(join(folder, "second", "there.txt"), "utf8")).toBe("new");
  expect(await readdir(root)).not.toContain("there.txt");
});

test("takes an absolute path within a root, and makes the first root when it is not there", async () => {
  await write(join(root, "notes.txt"));
  expect(await read("notes.txt")).toBe("new");
  const missing = join(folder, "state", "workspace");
  await createWriteTool({ roots: [missing] }).invoke({ path: "a.txt", content: "a" }, context);
  expect(await readFile(join(missing, "a.txt"), "utf8")).toBe("a");
});

test("another name of a file outside keeps what it has", async () => {
  await link(join(outside, "secret.txt"), join(root, "hard.txt"));
  await write("hard.txt");
  expect(await readFile(join(outside, "secret.txt"), "utf8")).toBe("secret");
});

test.each([
  ["../outside/new.txt", "outside the folders"],
  ["../root-2/new.txt", "outside the folders"],
  ["/etc/openclaw-test", "outside the folders"],
  ["sub/../../outside/new.txt", "outside the folders"],
  ["link.txt", "is a link"],
  ["dangling.txt", "is a link"],
  ["linked/new.txt", "is a link"],
  ["linked/secret.txt", "is a link"],
  ["linked/deep/new.txt", "is a link"],
  ["notes.txt/new.txt", "is a file"],
  ["sub", "is a folder"],
  [".", "is a folder"],
  ["pipe", "not a regular file"],
  ["a\0b", "NUL"],
])("refuses %j: %s", async (path, message) => {
  await expect(write(path)).rejects.toThrow(message);
  await expect(write(path, "new", true)).rejects.toThrow(message);
  expect(await readdir(outside)).toEqual(["secret.txt"]);
  expect(await readFile(join(outside, "secret.txt"), "utf8")).toBe("secret");
});

test("refuses to make a file of more than a megabyte, all at once or bit by bit", async () => {
  await expect(write("big.txt", "ä".repeat(600_000))).rejects.toThrow("1048576 are the most");
  await write("big.txt", "x".repeat(1024 * 1024));
  await expect(write("big.txt", "x", true)).rejects.toThrow("1048576 are the most");
});

test("a folder that is swapped for a link again and again never leads outside", async () => {
  // The tool makes a folder that is missing just then, so any of these may fail now and then.
  const swap = async (): Promise<void> => {
    await rename(join(root, "sub"), join(root, "aside")).catch(() => {});
    await symlink(outside, join(root, "sub")).catch(() => {});
    await rm(join(root, "sub"), { recursive: true, force: true }).catch(() => {});
    await rename(join(root, "aside"), join(root, "sub")).catch(() => {});
  };
  let isOver = false;
  const swapping = (async () => {
    while (!isOver) await swap();
  })();
  for (let round = 0; round < 300; round++) await write(round % 2 === 0 ? "sub/new.txt" : "sub/deeper/new.txt").catch(() => {});
  isOver = true;
  await swapping;
  expect(await readdir(outside)).toEqual(["secret.txt"]);
});
