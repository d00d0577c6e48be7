import { Icon } from "../parts/icon.tsx";
import { Notice } from "../parts/notice.tsx";
import { useAction } from "../parts/use-action.ts";
import type { ToolCall } from "./answer.ts";

/** Says yes or no to a call that waits. */
export type Decide = (callId: string, approve: boolean) => Promise<void>;

const states: Readonly<Record<ToolCall["state"], string>> = { running: "running…", asking: "waits for you", done: "done", failed: "failed" };

/** A call of a tool: its name and how it stands, the rest folded; open while it waits for a yes. */
export function ToolCallView({ call, onDecide }: { call: ToolCall; onDecide: Decide | undefined }) {
  const isAsking = call.state === "asking" && onDecide !== undefined;
  return (
    <div class={`tool ${call.state}`}>
      <details open={isAsking}>
        <summary>
          <Icon name="tool" />
          <span class="mono">{call.name}</span>
          <span class="muted">{states[call.state]}</span>
        </summary>
        <h3>Input</h3>
        <pre tabIndex={0}>{typeof call.input === "string" ? call.input : JSON.stringify(call.input, null, 2)}</pre>
        {(call.state === "done" || call.state === "failed") && (
          <>
            <h3>Result</h3>
            <pre tabIndex={0}>{call.output || "(nothing)"}</pre>
          </>
        )}
      </details>
      {isAsking && <Ask call={call} onDecide={onDecide} />}
    </div>
  );
}

function Ask({ call: { callId, name }, onDecide }: { call: ToolCall; onDecide: Decide }) {
  const { isRunning, error, run } = useAction();
  const decide = (approve: boolean) => void run(() => onDecide(callId, approve));
  return (
    <div class="tool-ask" role="group" aria-label={`May ${name} run?`}>
      <p>
        May <span class="mono">{name}</span> run with this input?
      </p>
      <div class="row">
        <button type="button" class="primary" disabled={isRunning} onClick={() => decide(true)}>
          Yes, run it
        </button>
        <button type="button" disabled={isRunning} onClick={() => decide(false)}>
          No
        </button>
      </div>
      {error !== undefined && <Notice error={error} />}
    </div>
  );
}
