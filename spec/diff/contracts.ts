import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { OpenapiDocument } from "../codegen/document.ts";
import { root } from "../codegen/paths.ts";
import type { Contract } from "./compare-contracts.ts";
import type { AsyncapiDocument } from "./compare-frames.ts";

/** A contract, with what to call it and the version of the gateway that had it, where that is known. */
interface VersionedContract {
  name: string;
  version: string | null;
  contract: Contract;
}

/** A whole one, of a version. */
export interface OwnContract {
  name: string;
  version: string;
  contract: Required<Contract>;
}

/** The contract as it is now: what `npm run generate` has written. */
export function currentContract(): OwnContract {
  return { name: "the contract", version: versionIn(readFileSync(join(root, "package.json"), "utf8")), contract: contractIn((file) => readFileSync(join(root, "generated", file), "utf8")) };
}

/** Where the last released contract is kept, in a folder that its version names. Those before are in git. */
export const releasedFolder = join(root, "spec/released");

/** The contract of the last release. Throws when there is not exactly one. */
export function releasedContract(folder = releasedFolder): OwnContract {
  const versions = readdirSync(folder);
  if (versions.length !== 1) throw new Error(`There must be one released contract in ${folder}, not ${versions.length}: that of the last release.`);
  const [version] = versions as [string];
  return { name: version, version, contract: contractIn((file) => readFileSync(join(folder, version, file), "utf8")) };
}

/** A contract of a file (OpenAPI or AsyncAPI, JSON or YAML), of a folder with an `openapi.json` and an `asyncapi.json`, or of a git revision. */
export function contractAt(base: string): VersionedContract {
  if (!existsSync(base)) return contractOfRevision(base);
  if (statSync(base).isDirectory()) return { name: base, version: null, contract: contractIn((file) => readFileSync(join(base, file), "utf8")) };
  const document = parse(readFileSync(base, "utf8")) as Record<string, unknown>;
  if ("openapi" in document) return { name: base, version: null, contract: { openapi: document as unknown as OpenapiDocument } };
  if ("asyncapi" in document) return { name: base, version: null, contract: { asyncapi: document as unknown as AsyncapiDocument } };
  throw new Error(`${base} is neither an OpenAPI nor an AsyncAPI document.`);
}

function contractOfRevision(revision: string): VersionedContract {
  const show = (file: string) => {
    try {
      return execFileSync("git", ["show", "--end-of-options", `${revision}:${file}`], { cwd: root, encoding: "utf8", maxBuffer: 2 ** 26, stdio: ["ignore", "pipe", "pipe"] });
    } catch {
      throw new Error(`\`${revision}\` is neither a file, nor a revision that has ${file}.`);
    }
  };
  return { name: revision, version: versionIn(show("package.json")), contract: contractIn((file) => show(`generated/${file}`)) };
}

function contractIn(read: (file: string) => string): Required<Contract> {
  return { openapi: JSON.parse(read("openapi.json")) as OpenapiDocument, asyncapi: JSON.parse(read("asyncapi.json")) as AsyncapiDocument };
}

const versionIn = (packageJson: string): string => (JSON.parse(packageJson) as { version: string }).version;
