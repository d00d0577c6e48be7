import type { Command } from "commander";
import { addLimitOptions, addListCommand, addRevokeCommand, addSharedOptions, keysHelp } from "./keys/commands.ts";
import type { ApiKeyOptions, RotateOptions } from "./keys/actions.ts";

/** `openclaw api-key`: keys as the workspaces edition has them, with workspaces and permissions. */
export function addApiKeyCommand(program: Command): void {
  const apiKey = program.command("api-key").description("make, list, rotate and revoke keys of workspaces");
  addSharedOptions(addLimitOptions(apiKey.command("create").description("make a key; it is shown once")))
    .option("-l, --label <label>", "what it is for")
    .option("-w, --workspaces <ids>", "the workspaces it may see, with commas between them (default all)")
    .option("--permissions <names>", "what it may do, such as messages:write,sessions:read (default everything but config, logs, keys and webhooks)")
    .addHelpText("after", keysHelp)
    .action(async (options: ApiKeyOptions) => {
      const { createApiKey } = await import("./keys/actions.ts");
      process.exitCode = await createApiKey(options);
    });
  addListCommand(apiKey, "list all keys, masked");
  addRevokeCommand(apiKey, "<key|id>");
  addSharedOptions(apiKey.command("rotate").description("make a key like an old one, which ends").argument("<key|id>", "the old key, or its id as the list shows it"))
    .option("-g, --grace <time>", "how long the old key still works, such as 24h, at most 30d (default not at all)")
    .addHelpText("after", keysHelp)
    .action(async (key: string, options: RotateOptions) => {
      const { rotateKey } = await import("./keys/actions.ts");
      process.exitCode = await rotateKey(key, options);
    });
}
