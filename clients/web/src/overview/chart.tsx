import { useEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { Schemas } from "../../../typescript/sdk/src/index.ts";
import { shortDay } from "../parts/amounts.ts";
import type { Measure } from "./measures.ts";
import type { Sums } from "./stats.ts";

export interface ChartProps {
  measure: Measure;
  totals: Sums;
  days: readonly Schemas["StatsOfDay"][];
}

const height = 160;

/** One measure by day, as bars. The table of the same days is its text; in its head is the sum, or the day that is pointed at. */
export function Chart({ measure, totals, days }: ChartProps) {
  const element = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const [pointed, setPointed] = useState<number | null>(null);

  // Made anew where another day has begun; new figures go into what there is.
  useEffect(() => {
    const target = element.current!;
    const made = new uPlot(optionsOf(measure, days, target, setPointed), dataOf(measure, days), target);
    plot.current = made;
    const resized = new ResizeObserver(() => made.setSize({ width: target.clientWidth, height }));
    resized.observe(target);
    const stopWatching = whenThemeChanges(() => made.redraw());
    return () => {
      resized.disconnect();
      stopWatching();
      made.destroy();
    };
  }, [measure, days[0]?.date, days.length]);
  useEffect(() => plot.current?.setData(dataOf(measure, days)), [days]);

  const day = pointed === null ? undefined : days[pointed];
  return (
    <figure class="card chart">
      <figcaption>
        <span class="muted">{measure.title}</span>
        <strong>{measure.text(day ?? totals)}</strong>
        <span class="hint">{day ? shortDay(day.date) : measure.whole}</span>
        {measure.parts.length > 1 && (
          <span class="hint chart-key" aria-hidden="true">
            {measure.parts.map(({ title }) => (
              <span key={title}>{title}</span>
            ))}
          </span>
        )}
      </figcaption>
      <div ref={element} class="chart-plot" role="img" aria-label={`${measure.title} by day, as bars; the table below has the same figures.`} />
    </figure>
  );
}

/** Of the parts that lie above each other the last one is drawn first, at the height of all together. */
function dataOf({ parts }: Measure, days: ChartProps["days"]): uPlot.AlignedData {
  const upTo = (index: number) => days.map((day) => parts.slice(0, index + 1).reduce((sum, { of }) => sum + of(day), 0));
  return [days.map((_, index) => index), ...parts.map((_, index) => upTo(parts.length - 1 - index))];
}

function optionsOf({ parts, tick }: Measure, days: ChartProps["days"], target: HTMLElement, onPoint: (day: number | null) => void): uPlot.Options {
  // Colours are the element's, so that they follow the theme: see overview.css.
  const colour = (name: "color" | "fill" | "stroke" | "borderTopColor") => () => getComputedStyle(target)[name];
  const axis: uPlot.Axis = { stroke: colour("color"), font: `11px ${getComputedStyle(target).fontFamily}`, ticks: { show: false } };
  const fills = parts.length === 1 ? [colour("fill")] : [colour("stroke"), colour("fill")];
  return {
    width: target.clientWidth,
    height,
    padding: [8, 4, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
    hooks: { setCursor: [({ cursor: { idx, left } }) => onPoint(idx == null || left === undefined || left < 0 ? null : idx)] },
    scales: { x: { time: false, range: [-0.6, days.length - 0.4] }, y: { range: (_, _min, max) => [0, max > 0 ? max * 1.05 : 1] } },
    axes: [
      { ...axis, grid: { show: false }, size: 24, space: 56, incrs: [1, 2, 5, 7, 10, 14, 30, 60], values: (_, splits) => splits.map((at) => (days[at] ? shortDay(days[at].date) : "")) },
      { ...axis, grid: { stroke: colour("borderTopColor"), width: 1 }, size: 56, space: 36, values: (_, splits) => splits.map((at) => tick(at)) },
    ],
    series: [{}, ...parts.map((_, index) => ({ fill: fills[index]!, width: 0, points: { show: false }, paths: uPlot.paths.bars!({ size: [0.72, 36], radius: 0.15 }) }))],
  };
}

/** Chosen with the switch, or by the system. */
function whenThemeChanges(redraw: () => void): () => void {
  const observer = new MutationObserver(redraw);
  observer.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  const dark = matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", redraw);
  return () => {
    observer.disconnect();
    dark.removeEventListener("change", redraw);
  };
}
