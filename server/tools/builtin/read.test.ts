import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Tool } from "../port.ts";
import { createReadTool } from "./read.ts";
import { testToolContext } from "../testing.ts";

const context = testToolContext();
let folder: string;
let tool: Tool;
const read = (path: string): Promise<string> => tool.invoke({ path }, context);

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "openclaw-read-")));
  for (const name of ["a", "b", "a-secret"]) await mkdir(join(folder, name));
  await writeFile(join(folder, "a", "notes.txt"), "Grüße");
  await mkdir(join(folder, "a", "sub"));
  await writeFile(join(folder, "b", "only-b.txt"), "from b");
  await writeFile(join(folder, "a-secret", "key.txt"), "secret");
  await writeFile(join(folder, "a", "image.bin"), Buffer.from([0x89, 0x50, 0x00, 0xff]));
  await writeFile(join(folder, "a", "latin1.txt"), Buffer.from([0x47, 0x72, 0xfc]));
  await writeFile(join(folder, "a", "empty.txt"), "");
  await writeFile(join(folder, "a", "long.txt"), "ä".repeat(200_000));
  await symlink(join(folder, "a-secret", "key.txt"), join(folder, "a", "link.txt"));
  await symlink(join(folder, "a-secret"), join(folder, "a", "linked"));
  await symlink("notes.txt", join(folder, "a", "inner.txt"));
  await symlink(join(folder, "a"), join(folder, "root-link"));
  execFileSync("mkfifo", [join(folder, "a", "pipe")]);
  tool = createReadTool({ roots: [join(folder, "root-link"), join(folder, "b"), join(folder, "missing")] });
});
afterAll(() => rm(folder, { recursive: true }));

test("reads a file by its path below any of the roots", async () => {
  expect(await read("notes.txt")).toBe("Grüße");
  expect(await read("./sub/../notes.txt")).toBe("Grüße");
  expect(await read("only-b.txt")).toBe("from b");
  expect(await read("inner.txt")).toBe("Grüße");
  expect(await read("empty.txt")).toBe("");
});

test("reads an absolute path, by the root's own name or its real one", async () => {
  expect(await read(join(folder, "a", "notes.txt"))).toBe("Grüße");
  expect(await read(join(folder, "root-link", "notes.txt"))).toBe("Grüße");
});

test.each(["../a-secret/key.txt", "link.txt", "linked/key.txt", "/etc/passwd", "/no/such/file", "../missing.txt"])("refuses %s as outside", async (path) => {
  await expect(read(path)).rejects.toThrow("is outside the folders that tools may use");
});

test("a folder whose name begins like a root's is not inside it", async () => {
  await expect(read(join(folder, "a-secret", "key.txt"))).rejects.toThrow("outside");
});

test.each([
  ["sub", "is a folder"],
  [".", "is a folder"],
  ["pipe", "is not a regular file"],
  ["image.bin", "is not a text file"],
  ["latin1.txt", "is not a text file"],
  ["nothing.txt", 'There is no file "nothing.txt"'],
  ["a\0b", "NUL"],
])("refuses %j: %s", async (path, message) => {
  await expect(read(path)).rejects.toThrow(message);
});

test("a device is refused although its folder is a root", async () => {
  await expect(createReadTool({ roots: ["/dev"] }).invoke({ path: "zero" }, context)).rejects.toThrow("is not a regular file");
});

test("cuts a long file between two characters, and says so", async () => {
  const text = await read("long.txt");
  expect(text).toMatch(/^ä{131072}\n\[The file was cut: it has 400000 bytes, and these are the first 262144\.\]$/);
});

test("no message shows where the root really is", async () => {
  for (const path of ["nothing.txt", "../x", "sub", "image.bin"]) {
    await expect(read(path)).rejects.toSatisfy((error: Error) => !error.message.includes(folder));
  }
});
