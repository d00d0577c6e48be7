import { useEffect, useRef } from "preact/hooks";
import { useAccount } from "../account.ts";
import { dataOf } from "../gateway.ts";
import { duration } from "../parts/amounts.ts";
import { ListFoot } from "../parts/list-foot.tsx";
import { useList } from "../parts/use-list.ts";
import { When } from "../parts/when.tsx";
import { toneOf, type Fire } from "./job.ts";

const firstLookMs = 1000;
const longestLookMs = 10_000;

/** What came of a job's last fires. `runs` counts those that were begun here: with each one it is read again, and until none is under way. */
export function History({ jobId, runs, onEnded }: { jobId: string; runs: number; onEnded: () => void }) {
  const { gateway } = useAccount();
  const list = useList(
    async (cursor) => {
      const { runs: fires, nextCursor } = await dataOf(gateway.api.GET("/api/v1/cron/{jobId}/runs", { params: { path: { jobId }, query: { limit: 20, ...(cursor === undefined ? {} : { cursor }) } }, ...gateway.via }));
      return { items: fires, nextCursor };
    },
    [gateway, jobId, runs],
  );
  const isRunning = list.items.some(({ status }) => status === "running");
  const looks = useRef(0);
  useEffect(() => {
    if (!isRunning) return;
    const timer = setTimeout(list.reload, Math.min(firstLookMs * 1.5 ** looks.current++, longestLookMs));
    return () => clearTimeout(timer);
  }, [list.items]);
  useEffect(() => {
    if (isRunning) return onEnded;
    looks.current = 0;
    return undefined;
  }, [isRunning]);

  return (
    <section class="form" aria-label="History" aria-live="polite">
      <h2>History</h2>
      <ul class="cards" aria-label="Runs">
        {list.items.map((fire) => (
          <FireCard key={fire.id} value={fire} />
        ))}
      </ul>
      {list.items.length === 0 && !list.isLoading && list.error === undefined && <p class="empty">It has not run yet.</p>}
      <ListFoot list={list} />
    </section>
  );
}

function FireCard({ value: { status, scheduledFor, startedAt, finishedAt, error, runId } }: { value: Fire }) {
  return (
    <li class="card">
      <p class="row">
        <span class={`badge ${toneOf(status)}`}>{status}</span>
        <When at={startedAt} />
        <span class="hint">{scheduledFor === null ? "by hand" : "by the clock"}</span>
        {finishedAt && <span class="hint">took {duration(Date.parse(finishedAt) - Date.parse(startedAt))}</span>}
        {runId && <span class="hint mono">{runId}</span>}
      </p>
      {error && <p>{error}</p>}
    </li>
  );
}
