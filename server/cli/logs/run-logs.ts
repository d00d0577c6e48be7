import { OpenClawClient, OpenClawConnectionError, OpenClawError } from "@openclaw/sdk";
import { SettingsError } from "../../settings/load-settings.ts";
import { explain } from "../chat/failure.ts";
import { exitStatus } from "../exit-status.ts";
import type { LogsOptions } from "./options.ts";
import { lineOf } from "./print.ts";
import { fileSource, gatewaySource, type LogSource } from "./source.ts";

/** Prints lines of the log, the oldest first. Resolves with the exit status; does not when it follows. */
export async function runLogs(options: LogsOptions): Promise<number> {
  // Whoever reads may have had enough: `openclaw logs | head`.
  process.stdout.on("error", () => process.exit(exitStatus.done));
  const { url, token, isUrlGiven } = options;
  try {
    if (!isUrlGiven && token === undefined) return await showFile(options);
    try {
      return await show(gatewaySource(new OpenClawClient({ baseUrl: url, token }), options), options);
    } catch (error) {
      if (isUrlGiven || !(error instanceof OpenClawConnectionError)) throw error;
      process.stderr.write(`No gateway answers at ${url}: this is what the log's file has.\n`);
      return await showFile(options);
    }
  } catch (error) {
    const { text, status } = explainAny(error, options);
    process.stderr.write(`${text}\n`);
    return status;
  }
}

async function showFile(options: LogsOptions): Promise<number> {
  const source = await fileSource(options.config, options);
  if (source) return show(source, options);
  process.stderr.write("The settings name no file for the log (logging.file is null). Give --url or --token to ask the gateway that runs.\n");
  return exitStatus.unavailable;
}

async function show(source: LogSource, { json = false, follow = false }: LogsOptions): Promise<number> {
  const print = (entry: Parameters<typeof lineOf>[0]) => process.stdout.write(`${json ? JSON.stringify(entry) : lineOf(entry)}\n`);
  const entries = await Array.fromAsync(source.last());
  for (const entry of entries.reverse()) print(entry);
  if (follow) for await (const entry of source.follow(entries.at(-1)?.id)) print(entry);
  return exitStatus.done;
}

function explainAny(error: unknown, address: LogsOptions): { text: string; status: number } {
  if (error instanceof SettingsError) return { text: error.message, status: error.exitCode };
  if (error instanceof OpenClawError) return explain(error, address);
  return { text: `The log could not be read: ${(error as Error).message}`, status: exitStatus.failed };
}
