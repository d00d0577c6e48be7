import type { Command } from "commander";
import { addLimitOptions, addListCommand, addRevokeCommand, addSharedOptions, keysHelp } from "./keys/commands.ts";
import type { TokenOptions } from "./keys/actions.ts";

/** `openclaw token`: keys as the conversations edition has them, with scopes. */
export function addTokenCommand(program: Command): void {
  const token = program.command("token").description("make, list and revoke tokens with scopes");
  addSharedOptions(addLimitOptions(token.command("create").description("make a token; it is shown once")))
    .option("-n, --name <name>", "what it is for")
    .option("-s, --scope <scopes>", "what it may do: chat, send, read, admin, several with commas between them")
    .addHelpText("after", keysHelp)
    .action(async (options: TokenOptions) => {
      const { createToken } = await import("./keys/actions.ts");
      process.exitCode = await createToken(options);
    });
  addListCommand(token, "list all keys, masked");
  addRevokeCommand(token, "<token|id>");
}
