import { count, dollars, duration, roughly } from "../parts/amounts.ts";
import type { Sums } from "./stats.ts";

/** Something that is counted by day: one chart, one column of the tables. */
export interface Measure {
  title: string;
  /** What is drawn above each other. */
  parts: readonly { title: string; of: (sums: Sums) => number }[];
  /** What its figure for the whole period is. */
  whole: string;
  /** The whole of it in words. */
  text: (sums: Sums) => string;
  /** At the axis. */
  tick: (value: number) => string;
}

export const measures: readonly Measure[] = [
  { title: "Messages", whole: "in all", parts: [{ title: "Messages", of: ({ messages }) => messages }], text: ({ messages }) => count(messages), tick: roughly },
  {
    title: "Tokens",
    whole: "in all",
    parts: [
      { title: "Read", of: ({ tokensIn }) => tokensIn },
      { title: "Written", of: ({ tokensOut }) => tokensOut },
    ],
    text: ({ tokensIn, tokensOut }) => `${count(tokensIn)} read, ${count(tokensOut)} written`,
    tick: roughly,
  },
  { title: "Cost", whole: "in all", parts: [{ title: "Cost", of: ({ costUSD }) => costUSD }], text: ({ costUSD }) => dollars(costUSD), tick: dollars },
  { title: "Time to answer", whole: "on average", parts: [{ title: "Average", of: ({ avgLatencyMs }) => avgLatencyMs }], text: ({ avgLatencyMs }) => duration(avgLatencyMs), tick: duration },
];
