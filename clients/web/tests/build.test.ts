import { hash } from "node:crypto";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import { buildPages } from "../build.ts";

const built = fileURLToPath(new URL("../../../generated/web", import.meta.url));

async function filesOf(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.includes(".")).sort();
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), "utf8")] as const)));
}

test("all pages together are less than 150 KB, compressed", async () => {
  const sizes = Object.values(await filesOf(built)).map((text) => gzipSync(text).length);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(150_000);
});

test("what is committed is what the source makes, byte for byte", async () => {
  const folder = await mkdtemp(join(tmpdir(), "openclaw-pages-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await buildPages(folder);
  const digests = async (of: string) => Object.entries(await filesOf(of)).map(([name, text]) => `${name} ${hash("sha256", text)}`);
  expect(await digests(folder)).toEqual(await digests(built));
});

test("the shell has nothing inline, and names no other server", async () => {
  const shell = (await filesOf(built))["index.html"]!;
  expect(shell).not.toMatch(/<style|style=|\son\w+=|<script(?![^>]* src=)/);
  for (const [, address] of shell.matchAll(/(?:src|href)="([^"]*)"/g)) expect(address).toMatch(/^\/assets\//);
});
