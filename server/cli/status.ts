import { type Command, Option } from "commander";
import { parseUrl } from "./chat.ts";
import type { StatusOptions } from "./status/run-status.ts";

/** `openclaw status`: how a gateway that runs fares. */
export function addStatusCommand(program: Command): void {
  program
    .command("status")
    .description("ask a running gateway how it and its parts fare")
    .addOption(new Option("-u, --url <address>", "where the gateway is").env("OPENCLAW_URL").default("http://127.0.0.1:18789").argParser(parseUrl))
    .option("-t, --token <token>", "token of a key with metrics:read (default $OPENCLAW_TOKEN, then $GATEWAY_AUTH_TOKEN)")
    .option("--json", "print the answer of GET /api/v1/status")
    .addHelpText("after", "\nExit status: 0 all is well; 1 a part of it is not, or no gateway answers.")
    .action(async ({ token, ...options }: Omit<StatusOptions, "token"> & { token?: string }) => {
      const { runStatus } = await import("./status/run-status.ts");
      const { OPENCLAW_TOKEN, GATEWAY_AUTH_TOKEN } = process.env;
      process.exitCode = await runStatus({ ...options, token: token ?? (OPENCLAW_TOKEN || GATEWAY_AUTH_TOKEN) });
    });
}
