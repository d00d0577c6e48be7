import { type Command, InvalidArgumentError, Option } from "commander";
import { levels, type LogsOptions } from "./logs/options.ts";
import { tokenOf, tokenOption, urlOption } from "./gateway-options.ts";

/** `openclaw logs`: the last lines of the gateway's log, and those to come. */
export function addLogsCommand(program: Command): void {
  const command = program
    .command("logs")
    .description("show the gateway's log")
    .option("-f, --follow", "go on with new lines as they come")
    .addOption(new Option("-l, --level <level>", "only lines at least this important").choices(levels))
    .option("-g, --grep <words>", "only lines that have all of these words, in any case")
    .option("-s, --since <time>", "only lines from this moment on, such as 2026-04-30T10:00:00Z, or of the last 10m, 2h, 7d", parseSince)
    .option("-n, --lines <number>", "how many lines at the most", parseLines, 200)
    .option("--json", "print each line as JSON, with the stacks of errors")
    .addOption(urlOption())
    .addOption(tokenOption())
    .option("-c, --config <file>", "settings file, where the log is read from its file")
    .addHelpText(
      "after",
      `
The gateway is asked when an address or a token is given or in the environment; the token needs \`logs:read\`. Without, and when no
gateway answers at the usual place, the file that the settings name is read (logging.file).

Exit status: 0 done; 64 the gateway refused the request; 69 no gateway there; 77 token missing, unknown or not
allowed to; 78 the settings cannot be used; 1 anything else.`,
    )
    .action(async ({ token: given, ...options }: Omit<LogsOptions, "token" | "isUrlGiven"> & { token?: string }) => {
      const { runLogs } = await import("./logs/run-logs.ts");
      process.exitCode = await runLogs({ ...options, token: tokenOf(given), isUrlGiven: command.getOptionValueSource("url") !== "default" });
    });
}

const unitMs: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A moment as the contract writes it. */
function parseSince(text: string): string {
  const [, number = "", unit = ""] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const at = new Date(unit === "" ? text : Date.now() - Number(number) * unitMs[unit]!);
  if (Number.isNaN(at.getTime())) throw new InvalidArgumentError("a time looks like 2026-04-30T10:00:00Z or 10m.");
  return at.toISOString();
}

function parseLines(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError("a number from 0 to 999999.");
  return Number(text);
}
