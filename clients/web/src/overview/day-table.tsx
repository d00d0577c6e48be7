import type { Schemas } from "../../../typescript/sdk/src/index.ts";
import { count } from "../parts/amounts.ts";
import { measures } from "./measures.ts";

/** What the charts show, in words: folded, as it is long. */
export function DayTable({ days }: { days: readonly Schemas["StatsOfDay"][] }) {
  return (
    <details>
      <summary>The days as a table</summary>
      <div class="data-table" role="region" aria-label="By day" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Day (UTC)</th>
              {measures.map(({ title }) => (
                <th key={title} scope="col" class="number">
                  {title}
                </th>
              ))}
              <th scope="col" class="number">
                Failed
              </th>
            </tr>
          </thead>
          <tbody>
            {days.toReversed().map((day) => (
              <tr key={day.date}>
                <th scope="row" class="nowrap">
                  {day.date}
                </th>
                {measures.map(({ title, text }) => (
                  <td key={title} class="number">
                    {text(day)}
                  </td>
                ))}
                <td class="number">{count(day.errors)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
