import { answerFaults } from "./answer-faults.ts";
import { NoAnswer, type Call, type CallRequest } from "./caller.ts";
import type { Operation, OperationId } from "./contract.ts";
import { errorIn } from "./error-of.ts";
import { curlOf, type Exchange } from "./exchange.ts";
import type { Fault, Rule } from "./rules.ts";

export type CheckName = "authentication" | "examples" | "idempotency" | "methods" | "paging" | "refusals" | "streams" | "unknown ids" | "websocket";

/** What came of one test. */
export interface Outcome {
  operationId: OperationId;
  check: CheckName;
  name: string;
  outcome: "passed" | "failed" | "skipped";
  /** Why it was skipped. */
  reason?: string;
  faults: FoundFault[];
  durationMs: number;
}

export interface FoundFault extends Fault {
  /** The request, as a line of curl. */
  request: string;
}

/** Thrown where a test cannot be made; it says why. */
export class Skipped extends Error {}

/** What a test asks with. Each answer is held against the contract before the test sees it. */
export interface Trial {
  call(id: OperationId, request?: CallRequest): Promise<Exchange>;
  /** A call that must have one of these statuses; the test is over when it has another. */
  callFor(statuses: readonly number[], id: OperationId, request?: CallRequest): Promise<Exchange>;
  fault(rule: Rule, exchange: Exchange, expected: string, got: string): void;
  /** Nothing wrong was found so far. */
  isClean(): boolean;
}

export type RunTrial = (operation: Operation, check: CheckName, name: string, test: (trial: Trial) => Promise<void>) => Promise<void>;

/** The test is over, and its faults are known. */
class Over extends Error {}

export interface TrialOptions {
  call: Call;
  /** It is in nothing that is told. */
  token: string;
  /** It is not known what the key may do: 403 says that it may not. */
  mayBeForbidden: boolean;
  onOutcome: (outcome: Outcome) => void;
}

const shortestSecret = 8;

/** Runs tests one by one, and hands on what comes of them. */
export function createTrials({ call, token, mayBeForbidden, onOutcome }: TrialOptions): RunTrial {
  // A word that a mock takes for a token is no secret.
  const masked = (text: string) => (token.length < shortestSecret ? text : text.replaceAll(token, "$OPENCLAW_TOKEN"));

  return async (operation, check, name, test) => {
    const startedAt = performance.now();
    const faults: FoundFault[] = [];
    let reason: string | undefined;
    try {
      await test(trialOf(call, faults, mayBeForbidden));
    } catch (error) {
      if (error instanceof Skipped) reason = error.message;
      else if (error instanceof NoAnswer) faults.push({ rule: "answer", expected: "an answer, in time and whole", got: error.message, request: curlOf(error.sent) });
      // What is off the contract cannot always be read on.
      else if (!(error instanceof Over) && faults.length === 0) throw error;
    }
    const outcome = faults.length > 0 ? "failed" : reason === undefined ? "passed" : "skipped";
    const told = faults.map(({ rule, expected, got, request }) => ({ rule, expected: masked(expected), got: masked(got), request: masked(request) }));
    onOutcome({ operationId: operation.operationId, check, name, outcome, ...(outcome === "skipped" && { reason: masked(reason!) }), faults: told, durationMs: performance.now() - startedAt });
  };
}

function trialOf(call: Call, faults: FoundFault[], mayBeForbidden: boolean): Trial {
  const trial: Trial = {
    async call(id, request) {
      const exchange = await call(id, request);
      faults.push(...answerFaults(exchange).map((fault) => ({ ...fault, request: curlOf(exchange.sent) })));
      return exchange;
    },
    async callFor(statuses, id, request) {
      const exchange = await trial.call(id, request);
      if (statuses.includes(exchange.status)) return exchange;
      if (mayBeForbidden && exchange.status === 403 && faults.length === 0) throw new Skipped(`the server answered 403${said(exchange)}`);
      // That the contract has no such status has been said.
      if (!faults.some(({ rule }) => rule === "status")) trial.fault("status", exchange, statuses.join(" or "), `${exchange.status}${said(exchange)}`);
      throw new Over();
    },
    isClean: () => faults.length === 0,
    fault: (rule, { sent }, expected, got) => void faults.push({ rule, expected, got, request: curlOf(sent) }),
  };
  return trial;
}

/** What an error says, to show it. */
export function said({ status, text }: Exchange): string {
  const error = status >= 400 ? errorIn(text) : undefined;
  return error ? ` (${error.code}: ${error.message})` : "";
}
