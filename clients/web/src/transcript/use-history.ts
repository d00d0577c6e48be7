import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { Schemas } from "../../../typescript/sdk/src/index.ts";
import { useAccount } from "../account.ts";
import { useReport } from "../parts/use-report.ts";

export interface History {
  /** Oldest first. */
  messages: readonly Schemas["Message"][];
  /** Whether there are older ones than these. */
  hasEarlier: boolean;
  isLoading: boolean;
  error: unknown;
  loadEarlier: () => void;
  reload: () => void;
}

const pageSize = 30;

/** What was said in a session: its end first, then what was before, page by page. */
export function useHistory(sessionId: string | undefined): History {
  const { gateway } = useAccount();
  const report = useReport();
  const [state, setState] = useState<{ messages: readonly Schemas["Message"][]; offset: number; isLoading: boolean; error: unknown }>({ messages: [], offset: 0, isLoading: sessionId !== undefined, error: undefined });
  const latest = useRef(0);

  const fetchMessages = useCallback(
    async (load: () => Promise<{ messages: readonly Schemas["Message"][]; offset: number }>) => {
      const turn = ++latest.current;
      setState((before) => ({ ...before, isLoading: true, error: undefined }));
      try {
        const loaded = await load();
        if (turn === latest.current) setState({ ...loaded, isLoading: false, error: undefined });
      } catch (error) {
        if (turn === latest.current) setState((before) => ({ ...before, isLoading: false, error: report(error) }));
      }
    },
    [report],
  );

  const reload = useCallback(() => {
    if (sessionId === undefined) return;
    void fetchMessages(async () => {
      const first = await gateway.client.sessions.history(sessionId, { limit: pageSize });
      const offset = Math.max(0, first.total - pageSize);
      return offset === 0 ? { messages: first.messages, offset } : { messages: (await gateway.client.sessions.history(sessionId, { limit: pageSize, offset })).messages, offset };
    });
  }, [gateway, sessionId, fetchMessages]);

  useEffect(() => {
    reload();
    return () => void latest.current++;
  }, []);

  return {
    ...state,
    hasEarlier: state.offset > 0,
    reload,
    loadEarlier() {
      if (sessionId === undefined) return;
      const offset = Math.max(0, state.offset - pageSize);
      void fetchMessages(async () => {
        const { messages } = await gateway.client.sessions.history(sessionId, { limit: state.offset - offset, offset });
        return { messages: [...messages, ...state.messages], offset };
      });
    },
  };
}
