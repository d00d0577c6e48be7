import { useEffect, useState } from "preact/hooks";
import { sleep } from "../../../typescript/core/sleep.ts";
import { OpenClawError, type Schemas } from "../../../typescript/sdk/src/index.ts";
import { useAccount } from "../account.ts";
import { useReport } from "../parts/use-report.ts";

type Line = Schemas["GatewayLogEntry"];

export interface TailOptions {
  filter: { level: Schemas["LogLevel"]; q?: string };
  isFollowing: boolean;
  /** The newest line that is there already. */
  after: string | undefined;
}

const mostLines = 1000;
const waitMs = 2000;

/** The lines that come, the newest first, the last thousand of them. A connection that breaks is taken up behind the last line. */
export function useTail({ filter, isFollowing, after }: TailOptions): { lines: readonly Line[]; isAway: boolean; error: unknown } {
  const { gateway } = useAccount();
  const report = useReport();
  const [state, setState] = useState<{ lines: readonly Line[]; isAway: boolean; error: unknown }>({ lines: [], isAway: false, error: undefined });

  // What the list has is not here as well: it begins anew when the list does.
  useEffect(() => setState({ lines: [], isAway: false, error: undefined }), [filter.level, filter.q, after]);
  useEffect(() => {
    if (!isFollowing) return;
    const controller = new AbortController();
    const { signal } = controller;
    let last = state.lines[0]?.id ?? after;

    async function follow(): Promise<void> {
      while (!signal.aborted) {
        let askedMs = 0;
        try {
          for await (const line of gateway.client.logs.follow(filter, { signal, after: last })) {
            last = line.id;
            setState(({ lines }) => ({ lines: [line, ...lines].slice(0, mostLines), isAway: false, error: undefined }));
          }
        } catch (error) {
          if (signal.aborted) return;
          if (!(error instanceof OpenClawError) || (error.status > 0 && error.status < 500 && error.status !== 429)) return setState((before) => ({ ...before, error: report(error) }));
          askedMs = (error.retryAfter ?? 0) * 1000;
        }
        setState((before) => ({ ...before, isAway: true }));
        await sleep(Math.max(waitMs, askedMs), signal).catch(() => {});
      }
    }
    void follow();
    return () => controller.abort();
  }, [gateway, isFollowing, filter.level, filter.q, after]);
  return state;
}
