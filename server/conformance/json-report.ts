import type { Conformance } from "./conformance.ts";
import type { OperationId } from "./contract.ts";
import { countOutcomes } from "./report.ts";
import type { Outcome } from "./trials.ts";

/** What `--json` writes. Members may be added; those that are there keep their meaning. */
export interface JsonReport {
  /** Of this form. */
  version: 1;
  baseUrl: string;
  durationMs: number;
  passed: number;
  failed: number;
  skipped: number;
  /** One for each test, in the order in which they ended. */
  tests: readonly Outcome[];
  /** Operations that were not tested, since the key lacks their permission. */
  notAllowed: { operationId: OperationId; permission: string }[];
  /** What was made and could not be deleted, in words. */
  leftBehind: readonly string[];
}

export function conformanceJson({ outcomes, notAllowed, leftBehind, durationMs }: Conformance, baseUrl: string): JsonReport {
  const tests = outcomes.map((outcome) => ({ ...outcome, durationMs: Math.round(outcome.durationMs) }));
  return {
    version: 1,
    baseUrl,
    durationMs: Math.round(durationMs),
    ...countOutcomes(outcomes),
    tests,
    notAllowed: notAllowed.map(({ operationId, permission }) => ({ operationId, permission })),
    leftBehind,
  };
}
