import type { Command } from "commander";
import type { DoctorOptions } from "../doctor/run-doctor.ts";

/** `openclaw doctor`: what is configured, reachable and insecure, and what to do about it. Changes nothing. */
export function addDoctorCommand(program: Command): void {
  program
    .command("doctor")
    .description("look for what is wrong or insecure, and say what to do about it")
    .option("-c, --config <file>", "settings file, JSON5 or YAML")
    .option("--json", "print what is found as JSON")
    .option("--strict", "count warnings as problems")
    .addHelpText(
      "after",
      `
Nothing is changed, and a gateway that runs is not disturbed. Run it as the user who runs the gateway, with the same
environment. It asks the providers for their models, which costs nothing, and never prints a secret.

Exit status: 0 no problems; 1 problems, or with --strict warnings.`,
    )
    .action(async (options: DoctorOptions) => {
      const { runDoctor } = await import("../doctor/run-doctor.ts");
      process.exitCode = await runDoctor(options);
    });
}
