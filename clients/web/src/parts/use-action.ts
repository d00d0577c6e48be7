import { useCallback, useState } from "preact/hooks";
import { useReport } from "./use-report.ts";

export interface Action {
  isRunning: boolean;
  error: unknown;
  /** Resolves to whether it went well; what it threw is in `error`. */
  run: (action: () => Promise<unknown>) => Promise<boolean>;
}

/** Something that a button does: while it runs it is not done twice, and when it fails that is shown. */
export function useAction(): Action {
  const report = useReport();
  const [state, setState] = useState<{ isRunning: boolean; error: unknown }>({ isRunning: false, error: undefined });
  const run = useCallback(
    async (action: () => Promise<unknown>) => {
      setState({ isRunning: true, error: undefined });
      try {
        await action();
        setState({ isRunning: false, error: undefined });
        return true;
      } catch (error) {
        setState({ isRunning: false, error: report(error) });
        return false;
      }
    },
    [report],
  );
  return { ...state, run };
}
