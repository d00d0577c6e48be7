import { Command } from "commander";
import { addChatCommand } from "./chat.ts";
import { addStartCommand } from "./start.ts";

/** Reads the command line and does what it says. */
export async function run(): Promise<void> {
  const program = new Command("openclaw")
    .description("One gateway in front of your AI agents: any program talks to them over HTTP and Server-Sent Events.")
    .showHelpAfterError("(see openclaw --help)");
  addStartCommand(program);
  addChatCommand(program);
  await program.parseAsync();
}
