import { type Command, InvalidArgumentError, Option } from "commander";
import type { RunOptions } from "../conformance/run-conformance.ts";
import { parseUrl, tokenOf, tokenOption } from "./gateway-options.ts";

interface ConformanceOptions {
  baseUrl: string;
  token?: string;
  edition?: NonNullable<RunOptions["edition"]>;
  only?: string[];
  junit?: string;
  json?: string;
  timeout: number;
  allowChanges?: boolean;
  stateless?: boolean;
  list?: boolean;
}

/** `openclaw conformance`: the contract's tests, against any server that claims it. */
export function addConformanceCommand(program: Command): void {
  program
    .command("conformance")
    .description("test a server against the contract: examples, refusals, errors, streams, headers")
    .addOption(new Option("-b, --base-url <address>", "where the server is").env("OPENCLAW_URL").default("http://127.0.0.1:18789").argParser(parseUrl))
    .addOption(tokenOption())
    .addOption(new Option("-e, --edition <edition>", "only the operations of this document").choices(["agents", "conversations", "openai", "operator", "plain", "workspaces"]))
    .option("--only <operationIds>", "only these operations, with commas between them", (text) => text.split(","))
    .option("--junit <file>", "write a report as JUnit's XML")
    .option("--json <file>", "write a report as JSON")
    .option("--timeout <seconds>", "longest time for one answer", parseSeconds, 30)
    .option("--allow-changes", "also send broken requests that a server which took them would change more by than the tests' own objects")
    .option("--stateless", "the server keeps nothing, such as a mock: use the contract's examples, and leave out what takes a memory")
    .option("--list", "print the operations that would be tested, and do nothing")
    .addHelpText(
      "after",
      `
The tests make objects of their own (sessions, workspaces, keys, memories, webhooks and cron jobs that are off) and delete them at the
end. They have turns, which the model behind the server answers: about thirty short ones. Settings, people on platforms, skills and what
others have made are left alone. What the key may not do is told, and not tested. A server that says that there were too many requests
(429) is given the time that it asks for.

Exit status: 0 all is as the contract has it; 1 something is not; 2 it could not be found out: no server there, token
missing or not valid, no such operation or option.`,
    )
    // A command line that cannot be read says nothing of the server.
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
    .action(async ({ list, timeout, allowChanges = false, stateless: isStateless = false, token, ...options }: ConformanceOptions) => {
      const { listOperations, runConformance } = await import("../conformance/run-conformance.ts");
      process.exitCode = list ? listOperations(options.edition, options.only) : await runConformance({ ...options, token: tokenOf(token), timeoutMs: timeout * 1000, allowChanges, isStateless });
    });
}

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (!(seconds >= 0.1 && seconds <= 3600)) throw new InvalidArgumentError("a number of seconds from 0.1 to 3600.");
  return seconds;
}
