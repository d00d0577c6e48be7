import { useEffect, useState } from "preact/hooks";
import { OpenClawError, type Schemas } from "../../../typescript/sdk/src/index.ts";

export interface NoticeProps {
  /** What was thrown, or a sentence. */
  error: unknown;
  /** What to do about it, by status, where this place knows better than the gateway. */
  hints?: Readonly<Record<number, string>>;
  /** Offers to try again; a refusal for being too fast waits as long as the gateway asks for. */
  onRetry?: (() => void) | undefined;
}

/** What went wrong, and what to do about it; read aloud at once. */
export function Notice({ error, hints, onRetry }: NoticeProps) {
  const waitSeconds = useCountdown(error);
  const { title, text, hint, requestId, faults = [] } = wordsFor(error, hints);
  return (
    <div class="notice" role="alert">
      <p>
        <strong>{title}</strong> {text}
      </p>
      {faults.length > 0 && (
        <ul>
          {faults.map(({ path, message }) => (
            <li key={path}>
              <span class="mono">{path}</span> {message}
            </li>
          ))}
        </ul>
      )}
      {hint && <p>{hint}</p>}
      {waitSeconds > 0 && <p aria-live="off">You can try again in {waitSeconds} s.</p>}
      {requestId && <p class="hint">The gateway’s log has it under {requestId}.</p>}
      {onRetry && (
        <button type="button" onClick={onRetry} disabled={waitSeconds > 0}>
          Try again
        </button>
      )}
    </div>
  );
}

interface Words {
  title: string;
  text: string;
  hint?: string | undefined;
  requestId?: string | undefined;
  /** Every fault of a request that did not fit the contract. */
  faults?: readonly Schemas["ValidationFault"][] | undefined;
}

function wordsFor(error: unknown, hints: NoticeProps["hints"]): Words {
  if (typeof error === "string") return { title: "", text: error };
  if (!(error instanceof OpenClawError)) return { title: "Something went wrong in this page.", text: error instanceof Error ? error.message : String(error), hint: "Load the page again." };
  const { status, message, requestId, details } = error;
  if (status === 0) return { title: "The gateway does not answer.", text: "It may be stopped, or the network between here and there may be down.", hint: "Check that it runs (`npx openclaw status`), then try again." };
  const faults = status === 400 ? (details["errors"] as Words["faults"]) : undefined;
  return { faults, title: titles[status] ?? (status >= 500 ? "The gateway could not do it." : "The gateway refused."), text: status === 429 ? withoutWait(message) : message, hint: hints?.[status] ?? usualHints[status], requestId: status >= 500 ? requestId : undefined };
}

/** How long to wait counts down below. */
function withoutWait(message: string): string {
  return message.replace(/ Try again in \d+ s\.$/, "");
}

const titles: Readonly<Record<number, string>> = {
  401: "The token is not good.",
  403: "This key may not do that.",
  404: "It is not there.",
  409: "That does not fit what is there now.",
  413: "That is too long.",
  429: "Too much at once.",
  503: "The gateway is busy or restarting.",
};

const usualHints: Readonly<Record<number, string>> = {
  403: "Log in with a key that may, or ask whoever runs the gateway for the permission.",
  404: "It may have been deleted, or belong to a workspace that this key does not see.",
};

/** Seconds until what threw this may be tried again. */
function useCountdown(error: unknown): number {
  const askedSeconds = error instanceof OpenClawError ? (error.retryAfter ?? 0) : 0;
  const [shown, setShown] = useState({ error, seconds: askedSeconds });
  useEffect(() => {
    if (askedSeconds === 0) return;
    const until = Date.now() + askedSeconds * 1000;
    const timer = setInterval(() => {
      const seconds = Math.max(0, Math.ceil((until - Date.now()) / 1000));
      setShown({ error, seconds });
      if (seconds === 0) clearInterval(timer);
    }, 250);
    return () => clearInterval(timer);
  }, [error, askedSeconds]);
  // What is left of another error's time says nothing of this one's.
  return shown.error === error ? shown.seconds : askedSeconds;
}
