import { readFileSync } from "node:fs";
import type { Route } from "../../generated/server/routes.ts";
import type { ErrorCode } from "../errors.ts";
import { packageFile } from "../package-files.ts";

/** What the contract shows of its answers; `spec/codegen/examples.ts` writes it. */
export interface ContractExamples {
  /** By status. */
  errors: Record<number, ExampleError>;
  operations: Record<Route["operationId"], OperationExamples>;
}

export interface ExampleError {
  code: ErrorCode;
  message: string;
  details: Record<string, unknown>;
  retryAfterSeconds?: number;
}

export interface OperationExamples {
  /** The statuses of its errors. */
  errors: number[];
  /** Of the parameters that every request has, by their names. */
  parameters: Record<string, string>;
  /** Whether it is a list that is read page by page. */
  hasPages: boolean;
  /** Those that are no errors; one for each status and media type. */
  answers: ExampleAnswer[];
}

export interface ExampleAnswer {
  status: number;
  /** Null without a body. */
  mediaType: string | null;
  headers: Record<string, string | number>;
  /** By their names. Of `text/event-stream` each is an `ExampleEvent[]`. */
  examples: Record<string, unknown>;
}

export interface ExampleEvent {
  id: string;
  data: unknown;
}

export function readContractExamples(): ContractExamples {
  return JSON.parse(readFileSync(packageFile("generated/server/examples.json"), "utf8")) as ContractExamples;
}
