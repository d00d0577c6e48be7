import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { useReport } from "./use-report.ts";

export interface Loaded<T> {
  data: T | undefined;
  error: unknown;
  isLoading: boolean;
  reload: () => void;
}

/** What `load` resolves to; loaded again when one of `inputs` changes, and what was under way is then forgotten. */
export function useLoaded<T>(load: () => Promise<T>, inputs: readonly unknown[]): Loaded<T> {
  const report = useReport();
  const [state, setState] = useState<Omit<Loaded<T>, "reload">>({ data: undefined, error: undefined, isLoading: true });
  const latest = useRef(0);
  const reload = useCallback(() => {
    const turn = ++latest.current;
    setState((before) => ({ ...before, error: undefined, isLoading: true }));
    load().then(
      (data) => turn === latest.current && setState({ data, error: undefined, isLoading: false }),
      (error: unknown) => turn === latest.current && setState((before) => ({ ...before, error: report(error), isLoading: false })),
    );
  }, inputs);
  useEffect(() => {
    setState({ data: undefined, error: undefined, isLoading: true });
    reload();
    return () => void latest.current++;
  }, [reload]);
  return { ...state, reload };
}
