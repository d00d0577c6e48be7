/**
 * Turns of one session run one after another. Within this process; several instances will share a lock of their own
 * behind the same two functions.
 */
export interface SessionLock {
  /** Whether a turn of the session is under way or waiting. */
  isHeld(sessionId: string): boolean;
  /** Resolves, in the order of the calls, with the function that lets the next one in. Rejects with the signal's reason. */
  acquire(sessionId: string, signal: AbortSignal): Promise<() => void>;
}

export function createSessionLock(): SessionLock {
  const tails = new Map<string, Promise<void>>();
  return {
    isHeld: (sessionId) => tails.has(sessionId),
    async acquire(sessionId, signal) {
      const before = tails.get(sessionId);
      const { promise, resolve } = Promise.withResolvers<void>();
      // Whoever comes next waits for this one and all before it, even when this one gives up waiting.
      const tail = before ? before.then(() => promise) : promise;
      tails.set(sessionId, tail);
      const release = () => {
        resolve();
        if (tails.get(sessionId) === tail) tails.delete(sessionId);
      };
      if (before) {
        try {
          await untilAborted(before, signal);
        } catch (reason) {
          resolve();
          void tail.then(() => {
            if (tails.get(sessionId) === tail) tails.delete(sessionId);
          });
          throw reason;
        }
      }
      return release;
    },
  };
}

async function untilAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  try {
    await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
