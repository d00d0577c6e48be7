import type { ModelMessage } from "../providers/port.ts";
import type { SpokenMessage } from "../sessions/service.ts";

/** How many messages of a session the model is shown. */
export const mostHistoryMessages = 200;

/** And how many characters of them, the newest first: about 100,000 tokens. */
const mostHistoryCharacters = 400_000;

/** A session's messages as the model is shown them, oldest first. Tool calls and their results are told where tools are at hand. */
export function historyMessages(stored: readonly SpokenMessage[], withTools: boolean): ModelMessage[] {
  let characters = 0;
  let first = stored.length;
  while (first > 0 && (characters += stored[first - 1]!.content.length) <= mostHistoryCharacters) first--;
  return stored.slice(first).flatMap((message) => modelMessages(message, withTools));
}

function modelMessages({ role, content, toolCalls }: SpokenMessage, withTools: boolean): ModelMessage[] {
  if (role === "user") return [{ role, content }];
  if (!withTools || !toolCalls || toolCalls.length === 0) return content === "" ? [] : [{ role, content }];
  return [
    {
      role,
      content: "",
      toolCalls: toolCalls.map(({ callId, name, input }) => ({ id: callId, name, arguments: typeof input === "string" ? input : JSON.stringify(input) })),
    },
    ...toolCalls.map(({ callId, output, isError }): ModelMessage => ({ role: "tool", callId, content: output, isError })),
    ...(content === "" ? [] : [{ role, content } as const]),
  ];
}
