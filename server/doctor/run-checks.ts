import { checks } from "./checks.ts";
import type { Examination } from "./examination.ts";
import { type Check, type Finding, problem } from "./finding.ts";

export interface GroupedFinding extends Finding {
  group: string;
}

/** Runs all checks at once, and gives what they found in their order. */
export async function runChecks(examination: Examination): Promise<GroupedFinding[]> {
  const found = await Promise.all(checks.map(async ({ group, check }) => (await run(check, examination)).map((finding) => ({ group, ...finding }))));
  return found.flat();
}

async function run(check: Check, examination: Examination): Promise<Finding[]> {
  try {
    return await check(examination);
  } catch (error) {
    return [problem(`This could not be checked: ${(error as Error).message}`, "Run the doctor as the user who runs the gateway.")];
  }
}
