import { homedir } from "node:os";
import { version } from "../package-files.ts";
import { examine } from "./examination.ts";
import { countOf, report } from "./report.ts";
import { runChecks } from "./run-checks.ts";

export interface DoctorOptions {
  config?: string;
  json?: boolean;
  strict?: boolean;
}

/** Looks at everything, prints what it finds, and gives the status to exit with: 1 with problems, or when strict with warnings. */
export async function runDoctor({ config, json = false, strict = false }: DoctorOptions): Promise<number> {
  const findings = await runChecks(await examine({ config, env: process.env, homeDir: homedir(), version, now: Date.now() }));
  const { problems, warnings } = countOf(findings);
  if (json) console.log(JSON.stringify({ version, problems, warnings, findings }, null, 2));
  else process.stdout.write(report(findings, process.stdout));
  return problems > 0 || (strict && warnings > 0) ? 1 : 0;
}
