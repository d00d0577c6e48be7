import { createHash } from "node:crypto";
import type { Usage } from "./port.ts";

/** What a model costs, in US dollars for a million tokens. */
export interface Price {
  readonly input: number;
  readonly output: number;
  /** Tells prices apart: the first 8 hex digits of the SHA-256 of `input/output`, the two as JSON writes them. It is stored beside what was reckoned with the price. */
  readonly version: string;
}

export function createPrice({ input, output }: { input: number; output: number }): Price {
  const version = createHash("sha256").update(`${JSON.stringify(input)}/${JSON.stringify(output)}`).digest("hex").slice(0, 8);
  return { input, output, version };
}

/** What was used costs, in whole nano-dollars: sums of them are exact. */
export function costNanoUsd(price: Price, { inputTokens, outputTokens }: Usage): number {
  return Math.round((inputTokens * price.input + outputTokens * price.output) * 1000);
}
