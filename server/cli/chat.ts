import { type Command, InvalidArgumentError, Option } from "commander";
import type { ChatOptions } from "./chat/run-chat.ts";

/** `openclaw chat`: talks to an agent in the terminal, or for a script. A client of the gateway like any other. */
export function addChatCommand(program: Command): void {
  program
    .command("chat")
    .description("talk to an agent")
    .argument("[message...]", "say this and leave; without it there is a prompt, or a turn for each line of standard input")
    .addOption(new Option("-u, --url <address>", "where the gateway is").env("OPENCLAW_URL").default("http://127.0.0.1:18789").argParser(parseUrl))
    .option("-t, --token <token>", "token of a key (default $OPENCLAW_TOKEN, then $GATEWAY_AUTH_TOKEN)")
    .option("-s, --session <id>", "session to go on with; an unknown id begins one under it")
    .option("-a, --agent <id>", "agent to talk to (default the gateway's)")
    // The contract has no request that names both: an agent has its model.
    .addOption(new Option("-m, --model <name>", "model to answer with instead of the agent's").conflicts("agent"))
    .option("--json", "print each event of the stream as one line of JSON")
    .addHelpText(
      "after",
      `
At the prompt:
  /new, /help, /quit     begin a new session; list the commands; leave
  Ctrl-C                 cancels the answer that is being given; at the prompt, leaves

The answer goes to standard output, everything else to standard error.
Exit status: 0 done; 64 the gateway refused the request; 69 no gateway there; 77 token missing, unknown or not
allowed to; 130 cancelled; 1 anything else.`,
    )
    .action(async (words: string[], { token, ...options }: Omit<ChatOptions, "token"> & { token?: string }) => {
      // The command line answers --help without loading the client.
      const { runChat } = await import("./chat/run-chat.ts");
      const { OPENCLAW_TOKEN, GATEWAY_AUTH_TOKEN } = process.env;
      process.exitCode = await runChat(words.join(" "), { ...options, token: token ?? (OPENCLAW_TOKEN || GATEWAY_AUTH_TOKEN) });
    });
}

/** An address of a gateway, without the slash at its end. */
export function parseUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) throw new InvalidArgumentError("an address looks like http://127.0.0.1:18789.");
  return text.replace(/\/+$/, "");
}
