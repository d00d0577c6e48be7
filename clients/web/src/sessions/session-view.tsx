import { useState } from "preact/hooks";
import { useAccount } from "../account.ts";
import { Confirm } from "../parts/confirm.tsx";
import { Icon } from "../parts/icon.tsx";
import { Notice } from "../parts/notice.tsx";
import { go, linkTo } from "../router.ts";
import { MessageView } from "../transcript/message-view.tsx";
import { useHistory } from "../transcript/use-history.ts";
import { titleOf, type Conversation } from "./use-conversations.ts";

export interface SessionViewProps {
  sessionId: string;
  /** As it stands in the list; it has the agent, without which a session cannot be cleared. */
  conversation: Conversation | undefined;
  onChanged: () => void;
}

/** One session to read, to clear and to delete. */
export function SessionView({ sessionId, conversation, onChanged }: SessionViewProps) {
  const { gateway, may } = useAccount();
  const [doing, setDoing] = useState<"clear" | "delete">();
  const history = useHistory(may("messages:read") ? sessionId : undefined);
  const agentId = conversation?.agentId;

  return (
    <section class="page">
      <p>
        <a class="row" {...linkTo({ page: "sessions" })}>
          <Icon name="back" />
          All sessions
        </a>
      </p>
      <div class="page-head">
        <h1>{conversation ? titleOf(conversation) : "Session"}</h1>
        <div class="row">
          {may("messages:write") && (
            <a class="button" {...linkTo({ page: "chat", object: sessionId })}>
              Go on in the chat
            </a>
          )}
          {may("sessions:delete") && agentId !== undefined && (
            <button type="button" onClick={() => setDoing("clear")}>
              Clear
            </button>
          )}
          {may("sessions:delete") && (
            <button type="button" class="danger" onClick={() => setDoing("delete")}>
              Delete
            </button>
          )}
        </div>
      </div>
      <p class="facts">
        <span class="mono">{sessionId}</span>
        {conversation && (
          <>
            <span>{conversation.agentId}</span>
            <span>{conversation.workspace}</span>
            <span>{conversation.channel}</span>
          </>
        )}
      </p>
      {!may("messages:read") && <Notice error="To read what was said, the key needs the permission messages:read." />}
      <div class="transcript">
        {history.hasEarlier && !history.isLoading && (
          <button type="button" onClick={history.loadEarlier}>
            Show earlier messages
          </button>
        )}
        {history.isLoading && <p class="muted">Loading…</p>}
        {history.error !== undefined && <Notice error={history.error} onRetry={history.reload} />}
        {history.messages.map((message) => (
          <MessageView key={message.id} message={message} />
        ))}
        {may("messages:read") && !history.isLoading && history.error === undefined && history.messages.length === 0 && <p class="empty">There is nothing in this session.</p>}
      </div>

      {doing === "clear" && agentId !== undefined && (
        <Confirm
          title="Clear this session?"
          verb="Clear session"
          onClose={() => setDoing(undefined)}
          action={async () => {
            await gateway.client.agents.clearSession(agentId, sessionId);
            history.reload();
            onChanged();
          }}
        >
          <p>Its messages are deleted for good; the session stays, and begins anew.</p>
        </Confirm>
      )}
      {doing === "delete" && (
        <Confirm
          title="Delete this session?"
          verb="Delete session"
          onClose={() => setDoing(undefined)}
          action={async () => {
            await gateway.client.sessions.delete(sessionId);
            onChanged();
            go({ page: "sessions" }, { replace: true });
          }}
        >
          <p>The session and its messages are deleted for good.</p>
        </Confirm>
      )}
    </section>
  );
}
