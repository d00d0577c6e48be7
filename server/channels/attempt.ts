import { createBackoff } from "../backoff.ts";
import { ConnectorError } from "../connectors/port.ts";

/** How long a platform that cannot be reached, or tells us to wait, is waited for. */
export interface Patience {
  /** In milliseconds, from the first attempt to the last. */
  mostMs: number;
  /** Whether another attempt is made where the platform does not say when. */
  backsOff: boolean;
  /** Whether what may have been delivered is sent a second time. */
  maySendTwice: boolean;
}

/** Nobody waits for an answer by the minute, and who gets it twice is better off than who never gets it. */
export const patienceOfAnswers: Patience = { mostMs: 600_000, backsOff: true, maySendTwice: true };

/** Whoever calls the API waits, and decides himself about another attempt. */
export const patienceOfRequests: Patience = { mostMs: 5_000, backsOff: false, maySendTwice: false };

/** Makes attempts until one succeeds. Throws the ConnectorError of the last one; or `hurry`'s reason, when that comes while it waits for the next. */
export async function attempt<T>(act: () => Promise<T>, { mostMs, backsOff, maySendTwice }: Patience, now: () => number, hurry: AbortSignal): Promise<T> {
  const startedAt = now();
  const backoff = createBackoff();
  let isSecondLeft = maySendTwice;
  for (;;) {
    try {
      return await act();
    } catch (thrown) {
      if (!(thrown instanceof ConnectorError) || thrown.kind === "refused") throw thrown;
      if (thrown.kind === "unknown") {
        if (!isSecondLeft) throw thrown;
        isSecondLeft = false;
      }
      const waitMs = thrown.retryAfterMs ?? (backsOff ? backoff.nextMs() : null);
      if (waitMs === null || now() - startedAt + waitMs > mostMs) throw thrown;
      await pauseUnless(hurry, waitMs);
    }
  }
}

/** Rejects with the signal's reason. */
export async function pauseUnless(signal: AbortSignal, waitMs: number): Promise<void> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, waitMs);
  const stop = () => reject(signal.reason as Error);
  signal.addEventListener("abort", stop, { once: true });
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  }
}
