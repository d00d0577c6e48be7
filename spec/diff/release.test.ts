import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { compareContracts } from "./compare-contracts.ts";
import { currentContract, releasedContract } from "./contracts.ts";
import { release } from "./release.ts";

const { contract } = currentContract();

/** The contract, less a schema's field. */
function narrower() {
  const edited = structuredClone(contract);
  delete edited.openapi.components.schemas["Webhook"]!.properties!["url"];
  return edited;
}

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "openclaw-released-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "released");
}

test("a release is kept as it is, in place of the one before", () => {
  const folder = emptyFolder();
  release({ version: "0.1.0", contract }, folder);
  expect(compareContracts(releasedContract(folder).contract, contract)).toEqual([]);
  release({ version: "0.2.0", contract: narrower() }, folder);
  expect(readdirSync(folder)).toEqual(["0.2.0"]);
  expect(releasedContract(folder).contract).toEqual(narrower());
});

test("a version is released once, until it is said that nobody has it", () => {
  const folder = emptyFolder();
  release({ version: "0.1.0", contract }, folder);
  expect(() => release({ version: "0.1.0", contract: narrower() }, folder)).toThrow(/^0\.1\.0 is released already/);
  expect(releasedContract(folder).contract).toEqual(contract);
  release({ version: "0.1.0", contract: narrower() }, folder, { again: true });
  expect(releasedContract(folder).contract).toEqual(narrower());
});

test("what breaks clients is not released under a version that does not say so", () => {
  const folder = emptyFolder();
  release({ version: "0.1.0", contract }, folder);
  expect(() => release({ version: "0.1.1", contract: narrower() }, folder)).toThrow(/wants the version 0\.2\.0 in package\.json, which has 0\.1\.1/);
  expect(readdirSync(folder)).toEqual(["0.1.0"]);
});
