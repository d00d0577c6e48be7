import type { EventStream, EventsOf, OpenClawClient } from "@openclaw/sdk";

/** The events of a turn, in the agents edition where an agent is named, else in the conversations edition. */
export type ChatEvent = EventsOf<"streamChat">;

/** Turns of one session after the other. */
export interface Conversation {
  /** The session that the next message goes to; null for a new one. */
  readonly sessionId: string | null;
  say(message: string, signal: AbortSignal): EventStream<ChatEvent>;
  /** Learns the id of a session that the gateway began. */
  notice(event: ChatEvent): void;
  /** The next message begins a new session. */
  begin(): void;
}

export function createConversation(client: OpenClawClient, { agent, session, model }: { agent?: string; session?: string; model?: string }): Conversation {
  let sessionId = session ?? null;
  return {
    get sessionId() {
      return sessionId;
    },
    say(message, signal): EventStream<ChatEvent> {
      // Whoever has gone away wants no answer: without a key the turn ends soon after its reader has.
      const options = { signal, idempotencyKey: null };
      if (agent !== undefined) return client.chatStream({ message, agentId: agent, sessionId }, options);
      return client.chatStream({ message, conversationId: sessionId, ...(model === undefined ? {} : { model }) }, options);
    },
    notice(event) {
      if (event.type === "start") sessionId = "sessionId" in event ? event.sessionId : event.conversationId;
    },
    begin() {
      sessionId = null;
    },
  };
}
