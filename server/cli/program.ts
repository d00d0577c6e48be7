import { Command } from "commander";
import { version } from "../package-files.ts";
import { addApiKeyCommand } from "./api-key.ts";
import { addChatCommand } from "./chat.ts";
import { addConfigCommand } from "./config.ts";
import { addConformanceCommand } from "./conformance.ts";
import { addDoctorCommand } from "./doctor.ts";
import { addLogsCommand } from "./logs.ts";
import { addMockCommand } from "./mock.ts";
import { addSkillsCommand } from "./skills.ts";
import { addStartCommand } from "./start.ts";
import { addStatusCommand } from "./status.ts";
import { addTokenCommand } from "./token.ts";

/** Reads the command line and does what it says. */
export async function run(): Promise<void> {
  const program = new Command("openclaw")
    .description("One gateway in front of your AI agents: any program talks to them over HTTP and Server-Sent Events.")
    .version(version, "-v, --version")
    .showHelpAfterError("(see openclaw --help)");
  addStartCommand(program);
  addChatCommand(program);
  addTokenCommand(program);
  addApiKeyCommand(program);
  addSkillsCommand(program);
  addConfigCommand(program);
  addDoctorCommand(program);
  addLogsCommand(program);
  addMockCommand(program);
  addConformanceCommand(program);
  addStatusCommand(program);
  await program.parseAsync();
}
