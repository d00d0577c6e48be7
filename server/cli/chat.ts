import { type Command, Option } from "commander";
import type { ChatOptions } from "./chat/run-chat.ts";
import { tokenOf, tokenOption, urlOption } from "./gateway-options.ts";

/** `openclaw chat`: talks to an agent in the terminal, or for a script. A client of the gateway like any other. */
export function addChatCommand(program: Command): void {
  program
    .command("chat")
    .description("talk to an agent")
    .argument("[message...]", "say this and leave; without it there is a prompt, or a turn for each line of standard input")
    .addOption(urlOption())
    .addOption(tokenOption())
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
      process.exitCode = await runChat(words.join(" "), { ...options, token: tokenOf(token) });
    });
}
