import { OpenClawClient, OpenClawError } from "@openclaw/sdk";
import { exitStatus } from "../exit-status.ts";
import { createConversation } from "./conversation.ts";
import { explain } from "./failure.ts";
import { createJsonView } from "./json-view.ts";
import { pipedLines, terminalLines } from "./lines.ts";
import { takeTurn } from "./turn.ts";
import { createTerminalView, note } from "./terminal-view.ts";

export interface ChatOptions {
  url: string;
  token: string | undefined;
  agent?: string;
  session?: string;
  model?: string;
  json?: boolean;
}

const help = "/new begins a new session, /quit leaves. Ctrl-C cancels an answer, or leaves the prompt.";

/** Takes one turn, or one for each line that a person or a pipe gives. Resolves with the exit status. */
export async function runChat(message: string, options: ChatOptions): Promise<number> {
  // Whoever reads may have had enough: `openclaw chat … | head -1`.
  process.stdout.on("error", () => process.exit(exitStatus.failed));
  const { url, token, json = false } = options;
  const client = new OpenClawClient({ baseUrl: url, token });
  const conversation = createConversation(client, options);
  const turn = (text: string) => takeTurn(text, { client, conversation, gateway: { url, token }, view: json ? createJsonView() : createTerminalView() });

  if (message !== "") return turn(message);

  const isInteractive = process.stdin.isTTY;
  if (isInteractive) {
    try {
      await greet(client, options);
    } catch (error) {
      const { text, status } = explain(error, { url, token });
      process.stderr.write(`${text}\n`);
      return status;
    }
  }
  for await (const line of isInteractive ? terminalLines(json ? process.stderr : process.stdout) : pipedLines()) {
    const text = line.trim();
    if (text === "/quit" || text === "/exit") break;
    if (text === "/help") note(help);
    else if (text === "/new") {
      conversation.begin();
      note("A new session begins with your next message.");
    } else if (text !== "") {
      const status = await turn(text);
      // A person sees what went wrong and decides; a script must not go on as if nothing had happened.
      if (status !== exitStatus.done && !isInteractive) return status;
    }
  }
  if (isInteractive && conversation.sessionId !== null) note(`To go on later: openclaw chat --session ${conversation.sessionId}`);
  return exitStatus.done;
}

/** Finds out before the first message whether the gateway is there, the token good and the agent known. */
async function greet(client: OpenClawClient, { url, agent }: ChatOptions): Promise<void> {
  const { version } = await client.health();
  const name = agent === undefined ? "the default agent" : await nameOf(client, agent);
  note(`OpenClaw ${version} at ${url}, talking to ${name}.\n${help}`);
}

async function nameOf(client: OpenClawClient, agent: string): Promise<string> {
  try {
    return (await client.agents.get(agent)).name;
  } catch (error) {
    if (!(error instanceof OpenClawError && error.code === "not_found")) throw error;
    const { agents } = await client.agents.list({ limit: 100 });
    throw new OpenClawError({ code: error.code, status: error.status, cause: error, message: `${error.message} The agents are ${agents.map(({ id }) => id).join(", ")}.` });
  }
}
