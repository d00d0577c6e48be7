import type { ComponentChildren } from "preact";
import type { Schemas } from "../../../typescript/sdk/src/index.ts";
import { When } from "../parts/when.tsx";
import { partsOf, type AnswerFacts, type Part } from "./answer.ts";
import { Markdown } from "./markdown.tsx";
import { ToolCallView, type Decide } from "./tool-call-view.tsx";
import "./transcript.css";

/** A stored message. */
export function MessageView({ message }: { message: Schemas["Message"] }) {
  if (message.role === "user") return <Question text={message.content} at={message.createdAt} />;
  return <Answer parts={partsOf(message)} facts={message} at={message.createdAt} />;
}

export function Question({ text, at }: { text: string; at?: string }) {
  return (
    <article class="question" aria-label="Question">
      <p>{text}</p>
      {at && (
        <footer class="hint">
          <When at={at} />
        </footer>
      )}
    </article>
  );
}

export interface AnswerProps {
  parts: readonly Part[];
  facts: AnswerFacts;
  at?: string;
  /** Answers a call that waits for a yes; without it nobody is asked. */
  onDecide?: Decide | undefined;
  /** What stands below: that it goes on, or what went wrong. */
  children?: ComponentChildren;
}

export function Answer({ parts, facts, at, onDecide, children }: AnswerProps) {
  return (
    <article class="answer" aria-label="Answer">
      {parts.map((part, index) => (part.kind === "text" ? <Markdown key={index} text={part.text} /> : <ToolCallView key={part.call.callId} call={part.call} onDecide={onDecide} />))}
      {children}
      <Facts {...facts} at={at} />
    </article>
  );
}

const endings: Readonly<Record<Schemas["FinishReason"], string | undefined>> = {
  stop: undefined,
  length: "Cut off: a bound on its length or its steps was reached",
  tool_calls: undefined,
  content_filter: "The provider held the answer back",
};

function Facts({ model, usage, latencyMs, finishReason, at }: AnswerFacts & { at: string | undefined }) {
  const ending = finishReason && endings[finishReason];
  if (!model && !usage && !ending && !at) return null;
  return (
    <footer class="facts">
      {ending && <span>{ending}</span>}
      {model && <span class="mono">{model}</span>}
      {usage && (
        <span>
          {usage.inputTokens.toLocaleString("en")} tokens in, {usage.outputTokens.toLocaleString("en")} out
        </span>
      )}
      {latencyMs !== undefined && <span>{(latencyMs / 1000).toFixed(1)} s</span>}
      {at && <When at={at} />}
    </footer>
  );
}
