import type { Command } from "commander";
import { exitStatus } from "./exit-status.ts";
import { parsePort } from "./parse-port.ts";

interface MockOptions {
  port: number;
  host: string;
  token?: string;
}

/** `openclaw mock`: serves the contract from its examples until it is told to stop. */
export function addMockCommand(program: Command): void {
  program
    .command("mock")
    .description("serve the API from its examples, to write and test a client against: no settings, no provider, nothing is stored")
    .option("-p, --port <number>", "port to listen on", parsePort, 18_790)
    .option("--host <address>", "address to listen on", "127.0.0.1")
    .option("-t, --token <token>", "the only token to let in (default any)")
    .addHelpText(
      "after",
      `
What to answer, in the header Prefer of a request (or in its query: ?__delay=500):
  code=<status>     this status of the contract       example=<name>   this example of it
  delay=<ms>        wait before the answer             rate=<ms>        wait between the events of a stream
  retry-after=<s>   what Retry-After says              pages=<n>        a list of n pages, each of them the example's
  cut-after=<n>     cut the connection after n events of a stream, or n bytes of another body
  times=<n>         n times only: the request after them is answered well`,
    )
    .action(mock);
}

async function mock({ port, host, token: only }: MockOptions): Promise<void> {
  const token = only ?? null;
  // The command line answers --help without loading the server.
  const [{ startMock }, { createLog }, { createRingStore }, { createSecretMask }] = await Promise.all([
    import("../start-mock.ts"),
    import("../log.ts"),
    import("../logs/ring-store.ts"),
    import("../secrets.ts"),
  ]);
  const mask = createSecretMask(token === null ? [] : [token]);
  const log = await createLog({ level: "info", mask, store: createRingStore(0) });
  try {
    const running = await startMock({ port, host, token, log, mask });
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void running.stop().then(() => log.flush(() => process.exit(exitStatus.done))));
    announce(running.url, token);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    console.error(code === "EADDRINUSE" ? `The port is taken: ${message}. Choose another with --port.` : `The mock could not start: ${message}`);
    process.exit(exitStatus.failed);
  }
}

function announce(url: string, token: string | null): void {
  const shown = token === null ? "any" : "$OPENCLAW_TOKEN";
  const lines = [
    "",
    "  OpenClaw mock: answers are the contract's examples",
    "",
    `  Listening   ${url}`,
    `  API docs    ${url}/docs`,
    `  Token       ${token === null ? "any" : "the one that --token gave"}`,
    "",
    "  Try it:",
    `    curl -N ${url}/api/v1/chat/stream -H "Authorization: Bearer ${shown}" -H "Content-Type: application/json" -H "Prefer: rate=300" -d '{"message":"Hello"}'`,
    `    curl -i ${url}/api/v1/agents -H "Authorization: Bearer ${shown}" -H "Prefer: code=429, times=1"`,
    "",
    "",
  ];
  process.stdout.write(lines.join("\n"));
}
