import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { expect, onTestFinished, test } from "vitest";
import type { OpenapiDocument } from "../codegen/document.ts";
import { root } from "../codegen/paths.ts";
import type { Change } from "./change.ts";
import { compareContracts } from "./compare-contracts.ts";
import { currentContract, releasedContract } from "./contracts.ts";
import { mayBreak, nextBreaking } from "./versions.ts";

// The gate, and the program as people run it.

test("the contract keeps what the last release promised, or its version says that it does not", () => {
  const [released, current] = [releasedContract(), currentContract()];
  const broken = compareContracts(released.contract, current.contract).filter(({ level }) => level === "breaking");
  const isAnnounced = mayBreak(released.version, current.version);
  expect(isAnnounced ? [] : broken, `this breaks clients of ${released.version}: make the version in package.json ${nextBreaking(released.version)}, or keep what was promised (npm run contract:diff)`).toEqual([]);
});

function run(...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [join(root, "spec/diff/contract-diff.ts"), ...args], { cwd: tmpdir(), maxBuffer: 2 ** 26 }, (_error, stdout, stderr) => resolve({ status: child.exitCode ?? -1, stdout, stderr }));
  });
}

/** A folder with the contract as it might have been, when an answer had a field that it has no more. */
function folderOfOlder(): string {
  const folder = mkdtempSync(join(tmpdir(), "openclaw-diff-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const file of ["openapi.json", "asyncapi.json"]) cpSync(join(root, "generated", file), join(folder, file));
  const document = JSON.parse(readFileSync(join(folder, "openapi.json"), "utf8")) as OpenapiDocument;
  document.components.schemas["Webhook"]!.properties!["color"] = { type: "string" };
  writeFileSync(join(folder, "openapi.json"), JSON.stringify(document));
  return folder;
}

test("a folder and a YAML document are compared; what is broken is an exit status of 1 and names its place", async () => {
  const folder = folderOfOlder();
  const file = join(folder, "openapi.yaml");
  writeFileSync(file, stringify(JSON.parse(readFileSync(join(folder, "openapi.json"), "utf8"))));
  for (const base of [folder, file]) {
    const { status, stdout, stderr } = await run("--base", base);
    expect([status, stderr]).toEqual([1, `This breaks clients of ${base}.\n`]);
    expect(stdout).toContain("Breaking (1)\n  `Webhook.color` is gone in answers\n      field-removed: getWebhook, listWebhooks, updateWebhook\n");
  }
});

test("programs and the changelog are told the same", async () => {
  const folder = folderOfOlder();
  const [json, changelog] = await Promise.all([run("--base", folder, "--json"), run("--base", folder, "--changelog")]);
  const { isBroken, changes } = JSON.parse(json.stdout) as { isBroken: boolean; changes: Change[] };
  expect([json.status, isBroken, changes.map(({ kind, place }) => `${kind} ${place}`)]).toEqual([1, true, ["field-removed Webhook.color"]]);
  expect(changelog.stdout).toBe("- **Breaking:** `Webhook.color` is gone in answers.\n");
});

test("what is the same is an exit status of 0", async () => {
  expect(await run("--base", join(root, "generated"))).toEqual({ status: 0, stdout: `Nothing has changed since ${join(root, "generated")}.\n`, stderr: "" });
});

test.each([
  ["no-such-branch", /^`no-such-branch` is neither a file, nor a revision that has /],
  ["--output=/tmp/x", /^`--output=\/tmp\/x` is neither/],
  [join(root, "package.json"), /is neither an OpenAPI nor an AsyncAPI document/],
])("what cannot be compared with, such as %s, is an exit status of 2 that says so", async (base, message) => {
  const { status, stdout, stderr } = await run(`--base=${base}`);
  expect([status, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(message);
});
