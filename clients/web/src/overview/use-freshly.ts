import { useEffect, useRef } from "preact/hooks";

export interface Refreshable {
  reload: () => void;
  /** Whether something has happened since it was loaded that only the gateway can reckon. */
  isStale: () => boolean;
}

const everyMs = 60_000;
const staleEveryMs = 10_000;

/** Loads again what is on a page: each minute, and soon after something has happened. Not while nobody looks, and not so often that the key's limit is used up. */
export function useFreshly(refreshable: Refreshable): void {
  const latest = useRef(refreshable);
  latest.current = refreshable;
  useEffect(() => {
    let loadedAt = Date.now();
    const timer = setInterval(() => {
      const ageMs = Date.now() - loadedAt;
      if (document.hidden || ageMs < (latest.current.isStale() ? staleEveryMs : everyMs)) return;
      loadedAt = Date.now();
      latest.current.reload();
    }, 1000);
    return () => clearInterval(timer);
  }, []);
}
