/**
 * `npm run contract:diff`: what has changed since the last release, for clients that were written from it. Exits with 1 when
 * something is broken that the version does not announce, and with 2 when it cannot compare.
 */
import { parseArgs } from "node:util";
import { compareContracts } from "./compare-contracts.ts";
import { contractAt, currentContract, releasedContract } from "./contracts.ts";
import { changelogOf, reportOf } from "./report.ts";
import { mayBreak, nextBreaking } from "./versions.ts";

const usage = `npm run contract:diff [-- --base FILE|FOLDER|GIT-REVISION] [--json] [--changelog]

  --base       what to compare with: an OpenAPI or AsyncAPI document, a folder with both, or a git revision;
               without it the last release, in spec/released
  --json       the changes for programs
  --changelog  the section of CHANGELOG.md
`;

try {
  const { values } = parseArgs({ options: { base: { type: "string" }, json: { type: "boolean" }, changelog: { type: "boolean" }, help: { type: "boolean", short: "h" } } });
  if (values.help) console.log(usage);
  else compare(values);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}

function compare({ base, json, changelog }: { base?: string | undefined; json?: boolean | undefined; changelog?: boolean | undefined }): void {
  const before = base === undefined ? releasedContract() : contractAt(base);
  const after = currentContract();
  const changes = compareContracts(before.contract, after.contract);
  const isBroken = changes.some(({ level }) => level === "breaking") && !(before.version !== null && mayBreak(before.version, after.version));
  if (json) console.log(JSON.stringify({ base: before.name, isBroken, changes }, null, 2));
  else if (changelog) process.stdout.write(changelogOf(changes));
  else console.log(changes.length === 0 ? `Nothing has changed since ${before.name}.` : `Since ${before.name}:\n\n${reportOf(changes)}`);
  if (!isBroken) return;
  console.error(`This breaks clients of ${before.name}${before.version === null ? "" : `: it wants the version ${nextBreaking(before.version)} in package.json, which has ${after.version}`}.`);
  process.exitCode = 1;
}
