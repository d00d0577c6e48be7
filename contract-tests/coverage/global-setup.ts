import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import type { TestProject } from "vitest/node";
import { compareOpenPairs, goldenFile, openPairs } from "./open-pairs.ts";

/**
 * Compares the pairs of operation and status that no test had from the real server with `open-pairs.txt`, once all tests
 * are over. Only a run of every contract test tells something: when some were left out, failed or were skipped, nothing
 * is compared. `vitest run --update` writes the file.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "openclaw-pairs-"));
  project.provide("coverageFolder", folder);
  return async () => {
    const recorded = await readRecorded(folder);
    await rm(folder, { recursive: true, force: true });
    if (!(await isWholeRun(project))) return;
    const open = openPairs(recorded);
    if (project.vitest.config.snapshotOptions.updateSnapshot === "all") return writeFile(goldenFile, open.map((pair) => `${pair}\n`).join(""));
    const differences = compareOpenPairs(open, (await readFile(goldenFile, "utf8")).split("\n").filter(Boolean));
    if (differences.length === 0) return;
    console.error(`\ncontract-tests/coverage/open-pairs.txt does not agree with this run:\n${differences.join("\n")}\n`);
    process.exitCode = 1;
  };
}

async function readRecorded(folder: string): Promise<Set<string>> {
  const texts = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), "utf8")));
  return new Set(texts.flatMap((text) => text.split("\n").filter(Boolean)));
}

/** Whether each file of contract tests ran, and every test in it passed. */
async function isWholeRun(project: TestProject): Promise<boolean> {
  const contractFolder = join(import.meta.dirname, "../contract");
  const wanted = (await readdir(contractFolder)).filter((name) => name.endsWith(".test.ts"));
  const modules = project.vitest.state.getTestModules().filter(({ moduleId }) => !relative(contractFolder, moduleId).startsWith(".."));
  const passed = modules.filter((module) => module.state() === "passed" && [...module.children.allTests()].every((test) => test.result().state === "passed"));
  return wanted.every((name) => passed.some(({ moduleId }) => moduleId === join(contractFolder, name)));
}
