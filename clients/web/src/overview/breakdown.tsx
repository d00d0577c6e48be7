import { count, dollars, duration, roughly } from "../parts/amounts.ts";
import type { Sums } from "./stats.ts";

export interface BreakdownRow extends Omit<Sums, "avgLatencyMs"> {
  name: string;
  /** Not known of users. */
  avgLatencyMs?: number;
}

/** Who or what used how much: a table whose bars show each one's part of the messages. */
export function Breakdown({ title, of, rows }: { title: string; of: string; rows: readonly BreakdownRow[] }) {
  const most = Math.max(1, ...rows.map(({ messages }) => messages));
  const hasLatency = rows.some(({ avgLatencyMs }) => avgLatencyMs !== undefined);
  return (
    <section class="breakdown" aria-label={title}>
      <h2>{title}</h2>
      <div class="data-table" role="region" aria-label={`${title}, as a table`} tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">{of}</th>
              <th scope="col">Messages</th>
              <th scope="col" class="number">
                Tokens
              </th>
              <th scope="col" class="number">
                Cost
              </th>
              {hasLatency && (
                <th scope="col" class="number">
                  Time to answer
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.name}>
                <th scope="row">{row.name}</th>
                <td class="share">
                  <span class="number">{count(row.messages)}</span>
                  <span class="share-bar" style={{ width: `${(100 * row.messages) / most}%` }} />
                  {row.errors > 0 && <span class="hint">{count(row.errors)} failed</span>}
                </td>
                <td class="number" title={`${count(row.tokensIn)} read, ${count(row.tokensOut)} written`}>
                  {roughly(row.tokensIn + row.tokensOut)}
                </td>
                <td class="number">{row.unpriced === row.messages ? "no price" : dollars(row.costUSD)}</td>
                {hasLatency && <td class="number">{duration(row.avgLatencyMs ?? 0)}</td>}
              </tr>
            ))}
            {rows.length === 0 && (
              <tr>
                <td colSpan={hasLatency ? 5 : 4} class="muted">
                  Nothing in these days.
                </td>
              </tr>
            )}
          </tbody>
        </table>
      </div>
    </section>
  );
}
