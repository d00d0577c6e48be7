import { useAccount } from "../account.ts";
import { dataOf } from "../gateway.ts";
import { count, counted, dollars, duration } from "../parts/amounts.ts";
import { Notice } from "../parts/notice.tsx";
import { SelectField } from "../parts/select-field.tsx";
import { useLoaded } from "../parts/use-loaded.ts";
import { Breakdown } from "./breakdown.tsx";
import { Chart } from "./chart.tsx";
import { DayTable } from "./day-table.tsx";
import { measures } from "./measures.ts";
import type { Usage } from "./use-usage.ts";

const periods = { "7": "Last 7 days", "30": "Last 30 days", "90": "Last 90 days", "366": "Last 366 days" };

export interface UsageViewProps {
  usage: Usage;
  days: number;
  onDays: (days: number) => void;
  /** Empty for all that the key may see. */
  workspace: string;
  onWorkspace: (workspace: string) => void;
}

/** What was used in a period: by day, workspace, user and model. */
export function UsageView({ usage: { stats, workspaces, users, isLoading, error, reload }, days, onDays, workspace, onWorkspace }: UsageViewProps) {
  const choices = useWorkspaceChoices();
  return (
    <section class="overview-part" aria-label="Usage" aria-busy={isLoading}>
      <div class="filters">
        <SelectField label="Period (UTC)" options={periods} value={String(days) as keyof typeof periods} onValue={(value) => onDays(Number(value))} />
        {Object.keys(choices).length > 2 && <SelectField label="Workspace" options={choices} value={workspace} onValue={onWorkspace} />}
      </div>
      {error !== undefined && <Notice error={error} onRetry={reload} />}
      {!stats && isLoading && <p class="muted">Loading…</p>}
      {stats && (
        <>
          <div class="charts">
            {measures.map((measure) => (
              <Chart key={measure.title} measure={measure} totals={stats.totals} days={stats.byDay} />
            ))}
          </div>
          <p class="facts">
            <span>{counted(stats.totals.uniqueUsers, "user")}</span>
            <span>{count(stats.totals.errors)} failed</span>
            <span>
              half are answered in {duration(stats.totals.latencyMs.p50)}, 95 of 100 in {duration(stats.totals.latencyMs.p95)}, 99 in {duration(stats.totals.latencyMs.p99)}
            </span>
            {stats.totals.unpriced > 0 && (
              <span>
                {count(stats.totals.unpriced)} of a model without a price: the cost of {dollars(stats.totals.costUSD)} is without them
              </span>
            )}
          </p>
          <DayTable days={stats.byDay} />
          <Breakdown title="By workspace" of="Workspace" rows={workspaces.map((row) => ({ ...row, name: row.workspace }))} />
          <Breakdown title="By user" of="User" rows={users.map((row) => ({ ...row, name: row.userId ?? `key ${row.keyId}` }))} />
          <Breakdown title="By model" of="Model" rows={stats.byModel.map((row) => ({ ...row, name: row.model ?? "none: failed before" }))} />
        </>
      )}
    </section>
  );
}

/** All, and those that the key may see; nothing but all where it may not list them. */
function useWorkspaceChoices(): Record<string, string> {
  const { gateway, may } = useAccount();
  const { data } = useLoaded(async () => {
    if (!may("workspaces:read")) return [];
    return (await dataOf(gateway.api.GET("/api/v1/workspaces", { params: { query: { limit: 100 } }, ...gateway.via }))).workspaces;
  }, [gateway]);
  return { "": "All workspaces", ...Object.fromEntries((data ?? []).map(({ id, label }) => [id, label ?? id])) };
}
