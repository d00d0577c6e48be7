import { median } from "./statistics.ts";
import { targets } from "./targets.ts";
import type { Flavour } from "./requests.ts";

/** What was measured, round by round. */
export interface Figures {
  record(figure: FigureName, side: Flavour, value: number): void;
  summaries(): Summary[];
}

/** `id` is `<measure>/<figure>`, as `targets.ts` has it. */
export interface FigureName {
  id: string;
  group: string;
  label: string;
  unit: string;
}

export interface Summary extends FigureName {
  gateway: number;
  reference: number;
  /** The median of the rounds' own ratios: a round that a noisy neighbour slowed hits both and does little harm. */
  ratio: number;
  ratioRange: [number, number];
  target?: string;
  met?: boolean;
  rounds: { gateway: number[]; reference: number[] };
}

export function createFigures(): Figures {
  const all = new Map<string, { name: FigureName; rounds: Summary["rounds"] }>();
  return {
    record(name, side, value) {
      const figure = all.get(name.id) ?? { name, rounds: { gateway: [], reference: [] } };
      figure.rounds[side].push(value);
      all.set(name.id, figure);
    },
    summaries: () => [...all.values()].map(({ name, rounds }) => summarise(name, rounds)),
  };
}

function summarise(name: FigureName, rounds: Summary["rounds"]): Summary {
  const ratios = rounds.gateway.map((value, round) => value / (rounds.reference[round] ?? Number.NaN));
  const figures = { gateway: median(rounds.gateway), reference: median(rounds.reference), ratio: median(ratios) };
  return { ...name, ...figures, ratioRange: [Math.min(...ratios), Math.max(...ratios)], ...judged(name.id, figures), rounds };
}

function judged(id: string, { gateway, ratio }: { gateway: number; ratio: number }): { target?: string; met?: boolean } {
  const target = targets[id];
  if (target === undefined) return {};
  if ("ratio" in target) return { target: `ratio ≤ ${target.ratio}`, met: ratio <= target.ratio };
  return { target: `≤ ${target.value}`, met: gateway <= target.value };
}
