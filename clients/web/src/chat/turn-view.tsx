import { OpenClawError } from "../../../typescript/sdk/src/index.ts";
import { Notice } from "../parts/notice.tsx";
import { Answer, Question } from "../transcript/message-view.tsx";
import type { Decide } from "../transcript/tool-call-view.tsx";
import type { Turn } from "./turn.ts";

export interface TurnViewProps {
  turn: Turn;
  onDecide: Decide | undefined;
  onRetry: (() => void) | undefined;
}

export function TurnView({ turn: { question, parts, facts, state, error }, onDecide, onRetry }: TurnViewProps) {
  return (
    <>
      {question !== undefined && <Question text={question} />}
      <Answer parts={parts} facts={facts} onDecide={onDecide}>
        {(state === "asked" || (state === "answering" && parts.length === 0)) && <p class="chat-thinking muted">Thinking…</p>}
        {state === "reconnecting" && <p class="notice calm">The connection was lost. Reconnecting; nothing of the answer is lost.</p>}
        {state === "stopped" && <p class="muted">Stopped.</p>}
        {state === "failed" && <Notice error={error} hints={{ 429: hintOf(error) }} onRetry={onRetry} />}
      </Answer>
    </>
  );
}

/** A quota of tokens comes back at midnight UTC, which no count of seconds says well. */
function hintOf(error: unknown): string {
  const waitSeconds = error instanceof OpenClawError ? (error.retryAfter ?? 0) : 0;
  return waitSeconds > 3600 ? "Use another key, or ask whoever runs the gateway to raise the limit of this one." : "Nothing is lost: send it again after the pause.";
}
