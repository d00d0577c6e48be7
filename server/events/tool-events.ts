import type { Logger } from "pino";
import type { Invocation } from "../tools/registry.ts";
import type { EventWriter } from "./writer.ts";

/** Has the log tell of tools that were called. A call does not wait for it: it is stored with the answer anyway. */
export function recordInvocations({ events, log, now }: { events: Pick<EventWriter, "write">; log: Logger; now: () => number }): (invocation: Invocation) => void {
  return ({ name: tool, context, isError, durationMs }) => {
    const { workspaceId, sessionId, agentId: agent, runId, userId } = context;
    events
      .write({ type: "tool.invoked", at: now(), workspaceId, sessionId, messageId: null, data: { tool, runId, agent, userId, isError, durationMs } })
      .catch((err: unknown) => log.warn({ err, runId, tool }, "that a tool was called could not be written to the log of events"));
  };
}
