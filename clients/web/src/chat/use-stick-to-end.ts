import { useLayoutEffect, useRef } from "preact/hooks";

/** Keeps a scrolling box at its end while it grows, unless the reader has gone up in it. */
export function useStickToEnd(inputs: readonly unknown[]) {
  const box = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  useLayoutEffect(() => {
    if (isAtEnd.current && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, inputs);
  return {
    ref: box,
    onScroll({ currentTarget: { scrollHeight, scrollTop, clientHeight } }: { currentTarget: HTMLElement }) {
      isAtEnd.current = scrollHeight - scrollTop - clientHeight < 48;
    },
  };
}
