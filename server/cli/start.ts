import { homedir } from "node:os";
import type { Command } from "commander";
import type { Logger } from "pino";
import type { RunningGateway } from "../main.ts";
import { parsePort } from "./parse-port.ts";

interface StartOptions {
  port?: number;
  host?: string;
  config?: string;
}

/** `openclaw start`: serves until it is told to stop. */
export function addStartCommand(program: Command): void {
  program
    .command("start", { isDefault: true })
    .description("start the gateway")
    .option("-p, --port <number>", "port to listen on (default 18789)", parsePort)
    .option("--host <address>", "address to listen on (default 127.0.0.1)")
    .option("-c, --config <file>", "settings file, JSON5 or YAML")
    .addHelpText(
      "after",
      `
Environment:
  OPENCLAW_STATE_DIR     where the database and settings are (default ~/.openclaw)
  OPENCLAW_CONFIG_PATH   settings file, where --config is not given
  GATEWAY_AUTH_TOKEN     the owner's token; without any token the first start makes one
  OPENAI_API_KEY, OPENAI_BASE_URL, ANTHROPIC_API_KEY
                         the provider to use, where no settings name one`,
    )
    .action(start);
}

async function start(options: StartOptions): Promise<void> {
  // The command line answers --help without loading the server.
  const [{ startGateway }, { loadSettings, SettingsError }, { settingsNotInForce }, { createLog }, { createLogStore }, { createSecretMask }, { secretsOf }, { announce }, { giveBackMemory }] = await Promise.all([
    import("../main.ts"),
    import("../settings/load-settings.ts"),
    import("../settings/not-in-force.ts"),
    import("../log.ts"),
    import("../logs/create-store.ts"),
    import("../secrets.ts"),
    import("../settings/redact.ts"),
    import("./announce.ts"),
    import("./give-back-memory.ts"),
  ]);
  try {
    const { settings, source, warnings } = await loadSettings({ argv: options, env: process.env, homeDir: homedir() });
    const mask = createSecretMask(secretsOf(settings));
    const logStore = createLogStore(settings.logging, mask);
    const log = await createLog({ level: settings.logging.level, mask, store: logStore });
    exitOnCrash(log);
    for (const warning of [...warnings, ...settingsNotInForce(settings)]) log.warn(warning);
    const { promise: started, resolve: setStarted } = Promise.withResolvers<RunningGateway>();
    stopOnSignals(started, log);
    const running = await startGateway(settings, { log, logStore, mask, source });
    setStarted(running);
    process.on("SIGHUP", () => void running.gateway.reloadSettings());
    announce(running, settings, source.file);
    giveBackMemory();
  } catch (error) {
    if (error instanceof SettingsError) {
      console.error(error.message);
      process.exit(error.exitCode);
    }
    const { code, message } = error as NodeJS.ErrnoException;
    console.error(code === "EADDRINUSE" ? `The port is taken: ${message}. Choose another with --port.` : `The gateway could not start: ${message}`);
    process.exit(1);
  }
}

/** From before it listens: a signal that comes while it starts stops it as soon as it has. A second one does not wait. */
function stopOnSignals(started: Promise<RunningGateway>, log: Logger): void {
  let signals = 0;
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      if (++signals > 1) process.exit(130);
      log.info({ signal }, "stopping: running turns have 30 s to end");
      void started.then((running) => running.stop()).then(() => log.flush(() => process.exit(0)));
    });
  }
}

/** Node would print the error with all that hangs on it, headers and raw requests; the log leaves out what is secret. */
function exitOnCrash(log: Logger): void {
  process.on("uncaughtException", (err) => {
    log.fatal({ err }, "the gateway has crashed");
    log.flush(() => process.exit(1));
  });
}
