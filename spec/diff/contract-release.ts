/**
 * `npm run contract:release [-- --again]`: keeps the contract as that of the version that package.json has. What comes later is
 * compared with it.
 */
import { parseArgs } from "node:util";
import { currentContract, releasedFolder } from "./contracts.ts";
import { release } from "./release.ts";

try {
  const { values } = parseArgs({ options: { again: { type: "boolean" } } });
  const current = currentContract();
  release(current, releasedFolder, values);
  console.log(`spec/released/${current.version} is what clients are promised from now on.`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
