import type { Command } from "commander";
import { tokenOf, tokenOption, urlOption } from "./gateway-options.ts";
import type { StatusOptions } from "./status/run-status.ts";

/** `openclaw status`: how a gateway that runs fares. */
export function addStatusCommand(program: Command): void {
  program
    .command("status")
    .description("ask a running gateway how it and its parts fare")
    .addOption(urlOption())
    .addOption(tokenOption())
    .option("--json", "print the answer of GET /api/v1/status")
    .addHelpText("after", "\nExit status: 0 all is well; 1 a part of it is not, or no gateway answers.")
    .action(async ({ token, ...options }: Omit<StatusOptions, "token"> & { token?: string }) => {
      const { runStatus } = await import("./status/run-status.ts");
      process.exitCode = await runStatus({ ...options, token: tokenOf(token) });
    });
}
