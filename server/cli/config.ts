import type { Command } from "commander";

interface FileOptions {
  config?: string;
}

/** `openclaw config`: looks at the settings file and changes it, with or without a gateway that runs. */
export function addConfigCommand(program: Command): void {
  const config = program
    .command("config")
    .description("check, read and change the settings file")
    .addHelpText(
      "after",
      `
The file is --config, else $OPENCLAW_CONFIG_PATH, else the first there is of openclaw.json, openclaw.json5 and gateway.yaml
in the state folder and ~/.openclaw, and ~/.config/openclaw/openclaw.json5.
A path is written with dots (gateway.port, agents.list.0.name) or as a JSON pointer (/gateway/port).

Exit status: 0 done; 78 the settings cannot be used; 1 anything else.`,
    );

  withFile(config.command("validate").description("say whether the gateway could use the file, and everything that is wrong with it"))
    .option("--json", "print the outcome as JSON")
    .action(async (options: FileOptions & { json?: boolean }) => {
      const { validate } = await import("./config/validate.ts");
      process.exitCode = await validate(options);
    });

  withFile(config.command("get").description("print what the file says, without secrets").argument("[path]", "a part of it; all by default"))
    .option("--json", "print texts as JSON too")
    .action(async (path: string | undefined, options: FileOptions & { json?: boolean }) => {
      const { get } = await import("./config/get.ts");
      process.exitCode = await get(path, options);
    });

  withFile(
    config
      .command("set")
      .description("change the file, with its comments kept; one is made where there is none")
      .argument("<path>", "what to set; the number after the last one, or -, adds to a list")
      .argument("<value>", "JSON5, or else a text"),
  ).action(async (path: string, value: string, options: FileOptions) => {
    const { set } = await import("./config/change.ts");
    process.exitCode = await set(path, value, options);
  });

  withFile(config.command("unset").description("remove something from the file").argument("<path>", "what to remove")).action(async (path: string, options: FileOptions) => {
    const { unset } = await import("./config/change.ts");
    process.exitCode = await unset(path, options);
  });

  config
    .command("schema")
    .description("print the JSON Schema of the file, for editors")
    .option("-o, --output <file>", "write it there instead")
    .action(async (options: { output?: string }) => {
      const { printSchema } = await import("./config/schema.ts");
      process.exitCode = await printSchema(options);
    });
}

function withFile(command: Command): Command {
  return command.option("-c, --config <file>", "settings file, JSON5 or YAML");
}
