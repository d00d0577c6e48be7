import { useState } from "preact/hooks";
import type { Schemas } from "../../../typescript/sdk/src/index.ts";
import { useAccount } from "../account.ts";
import { Icon } from "../parts/icon.tsx";
import { Notice } from "../parts/notice.tsx";
import { MessageView } from "../transcript/message-view.tsx";
import { useHistory } from "../transcript/use-history.ts";
import { titleOf, type Conversation as Listed } from "../sessions/use-conversations.ts";
import { AgentPicker } from "./agent-picker.tsx";
import { Composer } from "./composer.tsx";
import { spokenOf } from "./turn.ts";
import { TurnView } from "./turn-view.tsx";
import { useStickToEnd } from "./use-stick-to-end.ts";
import { useTurns } from "./use-turns.ts";

export interface ConversationProps {
  sessionId: string | undefined;
  /** As it stands in the list, once that is there. */
  conversation: Listed | undefined;
  agents: readonly Schemas["Agent"][];
  onStarted: (sessionId: string) => void;
  onEnded: () => void;
  /** Opens the list on a phone; absent when the key sees none. */
  onShowList: (() => void) | undefined;
}

/** One session: what was said, what is being said, and the field to say something. */
export function Conversation({ sessionId, conversation, agents, onStarted, onEnded, onShowList }: ConversationProps) {
  const { may } = useAccount();
  const [chosen, setChosen] = useState<string>();
  const agentId = chosen ?? agents.find(({ isDefault }) => isDefault)?.id;
  const history = useHistory(may("messages:read") ? sessionId : undefined);
  const { turns, open, ask, retry, stop, decide } = useTurns({ sessionId, agentId: chosen, onStarted, onEnded });
  const scroll = useStickToEnd([turns, history.messages.at(-1)?.id]);

  // A turn that is taken up again is not in the history until it ends, and then it is in both.
  const shown = history.messages.filter(({ id }) => !turns.some(({ messageId }) => messageId === id));
  const isNew = shown.length === 0 && turns.length === 0 && !history.isLoading && history.error === undefined;

  return (
    <section class="chat-conversation" aria-label="Conversation">
      <header class="chat-head">
        {onShowList && (
          <button type="button" class="quiet only-narrow" onClick={onShowList}>
            <Icon name="sessions" />
            <span class="visually-hidden">Show the sessions</span>
          </button>
        )}
        <h1>{conversation ? titleOf(conversation) : sessionId === undefined ? "New session" : "Session"}</h1>
        {sessionId === undefined ? <AgentPicker agents={agents} value={agentId} onChange={setChosen} /> : conversation && <span class="badge">{conversation.agentId}</span>}
      </header>
      <div class="chat-scroll" {...scroll} tabIndex={0} role="log" aria-label="Messages" aria-live="off">
        <div class="transcript">
          {history.hasEarlier && !history.isLoading && (
            <button type="button" onClick={history.loadEarlier}>
              Show earlier messages
            </button>
          )}
          {history.isLoading && <p class="muted">Loading…</p>}
          {history.error !== undefined && <Notice error={history.error} onRetry={history.reload} />}
          {shown.map((message) => (
            <MessageView key={message.id} message={message} />
          ))}
          {turns.map((turn, at) => (
            <TurnView key={at} turn={turn} onDecide={turn === open ? decide : undefined} onRetry={at === turns.length - 1 && turn.question !== undefined ? retry : undefined} />
          ))}
          {isNew && (
            <div class="chat-welcome">
              <img src="/assets/icon.svg" alt="" width="56" height="56" />
              <h2>What can I do for you?</h2>
              <p class="muted">{agents.find(({ id }) => id === agentId)?.description || "Ask something. The answer comes as it is written."}</p>
            </div>
          )}
        </div>
      </div>
      <p class="visually-hidden" aria-live="polite">
        {turns.length > 0 && spokenOf(turns.at(-1)!)}
      </p>
      <Composer isBusy={open !== undefined} onAsk={ask} onStop={stop} />
    </section>
  );
}
