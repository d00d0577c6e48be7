import { useEffect, useRef, useState } from "preact/hooks";
import { useAccount } from "../account.ts";
import { useReport } from "../parts/use-report.ts";
import type { GatewayEvent } from "./events.ts";
import { followEvents, type LiveState } from "./follow-events.ts";

/** Calls back for each event that the key may see, as long as the page is open. */
export function useEvents(onEvent: (event: GatewayEvent) => void): { state: LiveState; error: unknown } {
  const { gateway, may } = useAccount();
  const report = useReport();
  const [state, setState] = useState<LiveState>("connecting");
  const [error, setError] = useState<unknown>();
  const latest = useRef(onEvent);
  latest.current = onEvent;
  useEffect(() => {
    if (!may("messages:read")) return;
    const controller = new AbortController();
    followEvents(gateway, { onEvent: (event) => latest.current(event), onState: setState }, controller.signal).catch((thrown: unknown) => setError(report(thrown)));
    return () => controller.abort();
  }, [gateway]);
  return { state, error };
}
