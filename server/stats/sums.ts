/** What turns have used. */
export interface Sums {
  /** However they ended. */
  turns: number;
  /** Those that failed. */
  errors: number;
  /** Those whose model has no price. */
  unpriced: number;
  tokensIn: number;
  tokensOut: number;
  /** Whole nano-dollars: sums are exact. */
  costNanoUsd: number;
}

/** With what those took that were answered. */
export interface TimedSums extends Sums {
  answered: number;
  latencyMs: number;
}

export const noSums = (): Sums => ({ turns: 0, errors: 0, unpriced: 0, tokensIn: 0, tokensOut: 0, costNanoUsd: 0 });
export const noTimedSums = (): TimedSums => ({ ...noSums(), answered: 0, latencyMs: 0 });

export function addSums(to: Sums, more: Sums): void {
  to.turns += more.turns;
  to.errors += more.errors;
  to.unpriced += more.unpriced;
  to.tokensIn += more.tokensIn;
  to.tokensOut += more.tokensOut;
  to.costNanoUsd += more.costNanoUsd;
}

export function addTimedSums(to: TimedSums, more: TimedSums): void {
  addSums(to, more);
  to.answered += more.answered;
  to.latencyMs += more.latencyMs;
}

/** The dearest first, then the most used. */
export const byCost = (a: Pick<Sums, "costNanoUsd" | "turns">, b: Pick<Sums, "costNanoUsd" | "turns">): number => b.costNanoUsd - a.costNanoUsd || b.turns - a.turns;
