/**
 * `npm run contract:release`: keeps the contract as that of the version that package.json has, in place of the one before. What
 * comes later is compared with it. Refuses what the version does not announce, and a version that is released already, unless
 * `--again` says that nobody has it yet.
 */
import { copyFileSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "../codegen/paths.ts";
import { compareContracts } from "./compare-contracts.ts";
import { currentContract, releasedContract, releasedFolder } from "./contracts.ts";
import { mayBreak, nextBreaking } from "./versions.ts";

const { values } = parseArgs({ options: { again: { type: "boolean" } } });
const { version, contract } = currentContract();
const problem = existsSync(releasedFolder) && !values.again ? problemWith(releasedContract()) : null;
if (problem !== null) {
  console.error(problem);
  process.exitCode = 1;
} else {
  rmSync(releasedFolder, { recursive: true, force: true });
  mkdirSync(join(releasedFolder, version), { recursive: true });
  for (const file of ["openapi.json", "asyncapi.json"]) copyFileSync(join(root, "generated", file), join(releasedFolder, version, file));
  console.log(`spec/released/${version} is the contract from now on.`);
}

function problemWith(last: ReturnType<typeof releasedContract>): string | null {
  if (last.version === version) return `${version} is released already. Put the next version in package.json; or, if nobody has it yet: npm run contract:release -- --again`;
  const isBreaking = compareContracts(last.contract, contract).some(({ level }) => level === "breaking");
  return isBreaking && !mayBreak(last.version, version) ? `This breaks clients of ${last.version}: it wants the version ${nextBreaking(last.version)} in package.json, which has ${version}. See npm run contract:diff.` : null;
}
