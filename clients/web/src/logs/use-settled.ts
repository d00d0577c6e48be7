import { useEffect, useState } from "preact/hooks";

const pauseMs = 350;

/** The value once it has not changed for a moment, so that not each letter is a request. */
export function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), pauseMs);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
