#!/usr/bin/env node
import { Command } from "commander";
import { addChatCommand } from "./chat.ts";
import { addStartCommand } from "./start.ts";

const program = new Command("openclaw")
  .description("One gateway in front of your AI agents: any program talks to them over HTTP and Server-Sent Events.")
  .showHelpAfterError("(see openclaw --help)")
  .configureHelp({ sortSubcommands: false });

addStartCommand(program);
addChatCommand(program);

await program.parseAsync();
