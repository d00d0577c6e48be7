import { useCallback, useRef, useState } from "preact/hooks";
import { useAccount } from "../account.ts";
import type { PageProps } from "../pages.ts";
import { useLoaded } from "../parts/use-loaded.ts";
import { go } from "../router.ts";
import { useConversation, useConversations } from "../sessions/use-conversations.ts";
import { Conversation } from "./conversation.tsx";
import { SessionList } from "./session-list.tsx";
import "./chat.css";

/** Talking to an agent, beside what was talked about before. */
export function ChatPage({ object }: PageProps) {
  const { gateway, may } = useAccount();
  const [isListOpen, setIsListOpen] = useState(false);
  const list = useConversations();
  const conversation = useConversation(list, object);
  const agents = useLoaded(async () => (may("agents:read") ? (await gateway.client.agents.list({ limit: 100 })).agents : []), [gateway]);

  // A conversation that gets its id with its first message is still the same one, and goes on being drawn.
  const open = useRef({ nth: 0, sessionId: object });
  if (object !== open.current.sessionId) open.current = { nth: open.current.nth + 1, sessionId: object };
  const onStarted = useCallback(
    (sessionId: string) => {
      if (sessionId === open.current.sessionId) return;
      open.current.sessionId = sessionId;
      go({ page: "chat", object: sessionId }, { replace: true });
      list.reload();
    },
    [list.reload],
  );

  return (
    <div class={`chat ${isListOpen ? "with-list" : ""}`}>
      {may("sessions:read") && <SessionList list={list} current={object} onClose={() => setIsListOpen(false)} />}
      <Conversation
        key={open.current.nth}
        sessionId={object}
        conversation={conversation}
        agents={agents.data ?? []}
        onStarted={onStarted}
        onEnded={list.reload}
        onShowList={may("sessions:read") ? () => setIsListOpen(true) : undefined}
      />
    </div>
  );
}
