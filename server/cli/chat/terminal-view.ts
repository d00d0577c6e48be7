import { styleText } from "node:util";
import { printable } from "../printable.ts";
import type { ChatEvent } from "./conversation.ts";
import type { TurnView } from "./turn.ts";

/** Says something beside the answer, dim where the terminal can. */
export function note(text: string): void {
  process.stderr.write(`${dim(text)}\n`);
}

/** Shows a turn to a person: the text as it comes, a line for each tool call, and who answered at what cost. */
export function createTerminalView(): TurnView {
  let isLineOpen = false;
  /** The call whose line waits for its result. */
  let openCall: string | undefined;

  function say(text: string): void {
    closeCall();
    process.stdout.write(process.stdout.isTTY ? printable(text) : text);
    if (text !== "") isLineOpen = !text.endsWith("\n");
  }
  function closeLine(): void {
    if (isLineOpen) process.stdout.write("\n");
    isLineOpen = false;
  }
  function closeCall(): void {
    if (openCall !== undefined) process.stderr.write("\n");
    openCall = undefined;
  }
  function beside(text: string): void {
    closeCall();
    closeLine();
    note(text);
  }

  return {
    event(event: ChatEvent) {
      switch (event.type) {
        case "text":
        case "delta":
          return say(event.content);
        case "tool_use":
          closeCall();
          closeLine();
          openCall = event.callId;
          process.stderr.write(dim(`⚙ ${shorten(`${event.name} ${JSON.stringify(event.input)}`)}`));
          return;
        case "tool_approval":
          return beside(`⏸ ${event.name} waits to be approved, until ${event.expiresAt} (call ${event.callId})`);
        case "tool_result": {
          // Side by side calls are told first, and then their results.
          if (openCall !== event.callId) closeCall();
          const before = openCall === undefined ? `⚙ ${event.name} ` : " ";
          openCall = undefined;
          return note(`${before}${event.isError ? "✗" : "→"} ${shorten(event.output)}`);
        }
        case "start":
        case "end":
        case "done":
      }
    },
    finished({ model, usage, latencyMs }) {
      const facts = [`${usage.inputTokens} tokens in, ${usage.outputTokens} out`];
      if (model !== undefined) facts.unshift(model);
      if (latencyMs !== undefined) facts.push(`${(latencyMs / 1000).toFixed(1)} s`);
      beside(facts.join(" · "));
    },
    cancelled: () => beside("cancelled"),
    failed(explanation) {
      closeCall();
      closeLine();
      process.stderr.write(`${explanation}\n`);
    },
  };
}

function dim(text: string): string {
  // Not where it does not go to a terminal, or where NO_COLOR says so.
  return styleText("dim", text, { stream: process.stderr });
}

/** One line of it, not too long. */
function shorten(text: string): string {
  const line = printable(text.replaceAll(/\s+/g, " ").trim());
  return line.length > 200 ? `${line.slice(0, 199)}…` : line;
}
