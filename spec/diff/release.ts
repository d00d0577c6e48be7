import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compareContracts } from "./compare-contracts.ts";
import { releasedContract, type OwnContract } from "./contracts.ts";
import { mayBreak, nextBreaking } from "./versions.ts";

/**
 * Keeps a contract in `folder` as the released one, in place of the one before. Throws when that has the same version, unless
 * `again` says that nobody has it yet, and when clients of it are broken and the version does not announce that.
 */
export function release({ version, contract }: Pick<OwnContract, "version" | "contract">, folder: string, { again = false } = {}): void {
  if (existsSync(folder) && !again) refuseUnlessAnnounced();
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, version), { recursive: true });
  for (const [name, document] of Object.entries(contract)) writeFileSync(join(folder, version, `${name}.json`), `${JSON.stringify(document)}\n`);

  function refuseUnlessAnnounced(): void {
    const last = releasedContract(folder);
    if (last.version === version) throw new Error(`${version} is released already. Put the next version in package.json; or, if nobody has it yet: npm run contract:release -- --again`);
    const isBreaking = compareContracts(last.contract, contract).some(({ level }) => level === "breaking");
    if (isBreaking && !mayBreak(last.version, version)) throw new Error(`This breaks clients of ${last.version}: it wants the version ${nextBreaking(last.version)} in package.json, which has ${version}. See npm run contract:diff.`);
  }
}
