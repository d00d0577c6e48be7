import type { ModelMessage } from "../providers/port.ts";
import type { SpokenMessage } from "../sessions/service.ts";
import { mostCharactersOfOne } from "./history-cache.ts";

/**
 * What is read of a session for a model with this window, in tokens: what could fit, were it all English. Never less than the
 * cache keeps of a session, or what is kept for one model would be too little for another.
 */
export function historyBounds(contextWindow: number): { most: number; mostCharacters: number } {
  return { most: 1000, mostCharacters: Math.max(contextWindow * 4, mostCharactersOfOne) };
}

/** A session's messages as the model is shown them, oldest first. Tool calls and their results are told where tools are at hand. */
export function historyMessages(stored: readonly SpokenMessage[], withTools: boolean): ModelMessage[] {
  return stored.flatMap((message) => modelMessages(message, withTools));
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
