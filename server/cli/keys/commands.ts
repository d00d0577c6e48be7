import type { Command } from "commander";
import type { SharedOptions } from "./actions.ts";

// What `token` and `api-key` have in common. The command line answers --help without loading what does the work.

export const keysHelp = `
It works on the state folder itself, with or without a gateway that runs on it: what is made works at once, what is revoked
is refused within a second.
Exit status: 0 done; 64 refused, with what is known instead; 69 the database cannot be used now; 78 the settings cannot be
used; 1 anything else.`;

export function addSharedOptions(command: Command): Command {
  return command.option("-c, --config <file>", "settings file, JSON5 or YAML").option("--json", "print JSON, as POST and GET /api/v1/keys answer it");
}

export function addLimitOptions(command: Command): Command {
  return command
    .option("--tools <names>", "tools that it may call, with commas between them; * stands for anything (default all that the settings allow)")
    .option("--deny-tools <names>", "tools that it may not call, whatever else allows them (default none)")
    .option("--expires <when>", "when it ends: a date, a date and time, or a time from now such as 90d (default never)")
    .option("--rate-limit <number>", "requests a minute (default what the settings say)")
    .option("--max-tokens-per-day <number>", "input and output tokens a day (default what the settings say)");
}

export function addListCommand(group: Command, description: string): void {
  addSharedOptions(group.command("list").description(description)).action(async (options: SharedOptions) => {
    const { listKeys } = await import("./actions.ts");
    process.exitCode = await listKeys(options);
  });
}

export function addRevokeCommand(group: Command, argument: string): void {
  addSharedOptions(group.command("revoke").description("revoke a key for good").argument(argument, "the whole secret, or its id as the list shows it"))
    .addHelpText("after", keysHelp)
    .action(async (key: string, options: SharedOptions) => {
      const { revokeKey } = await import("./actions.ts");
      process.exitCode = await revokeKey(key, options);
    });
}
