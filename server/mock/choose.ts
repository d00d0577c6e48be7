import type { Route } from "../../generated/server/routes.ts";
import { membersOfEditions } from "../chat/edition-members.ts";
import { GatewayError } from "../errors.ts";
import type { RequestContext } from "../http/request-context.ts";
import type { ContractExamples, ExampleAnswer, ExampleError, OperationExamples } from "./examples.ts";
import type { Preferences } from "./preferences.ts";

/** A validated request, as handlers get it. */
export interface MockRequest {
  path: Record<string, string>;
  query: Record<string, unknown>;
  headers: Record<string, string | undefined>;
  body: unknown;
}

export interface ChosenAnswer extends Omit<ExampleAnswer, "examples"> {
  example: unknown;
  /** Empty without a body. */
  exampleName: string;
}

type Wanted = Pick<Preferences, "code" | "example" | "retry-after">;

/**
 * Which of an operation's answers a request gets: what it prefers, else the one that the gateway would give. Throws the error
 * that it prefers; and `bad_request` on a status or an example that the contract does not have. `edition` is the example to take
 * where the request tells of none.
 */
export function chooseAnswer({ operationId, streams }: Route, { errors, operations }: ContractExamples, wanted: Wanted, request: MockRequest, context: RequestContext, edition?: string): ChosenAnswer {
  const operation = operations[operationId];
  if (wanted.code !== undefined && operation.errors.includes(wanted.code)) throw errorOf(errors[wanted.code]!, wanted["retry-after"]);
  const given = { ...request.query, ...(request.body as object | undefined) };
  const usual = usually[operationId]?.(given) ?? { ...(edition !== undefined && { example: edition }) };
  const fitting = fittingAnswers(operationId, operation, wanted, usual);
  const wantsEvents = streams && (sayInBody.has(operationId) ? "stream" in given && given.stream === true : context.wantsEvents);
  const answer = fitting.length === 1 ? fitting[0] : byMediaType(fitting, wantsEvents, context);
  const names = Object.keys(answer.examples);
  const exampleName = [wanted.example, usual.example].find((name) => name !== undefined && names.includes(name)) ?? names[0] ?? "";
  return { ...answer, exampleName, example: answer.examples[exampleName] };
}

function errorOf({ code, message, details, retryAfterSeconds }: ExampleError, wantedSeconds: number | undefined): GatewayError {
  // The log says it in place of a stack.
  const cause = "asked for by `Prefer: code`";
  if (retryAfterSeconds === undefined) return new GatewayError(code, message, { details, cause });
  return new GatewayError(code, message, { details, cause, retryAfterSeconds: wantedSeconds ?? retryAfterSeconds });
}

/** Those of the status that is wanted, or of the usual one; and that have the example. */
function fittingAnswers(operationId: string, { answers, errors }: OperationExamples, { code, example }: Wanted, usual: Wanted): [ExampleAnswer, ...ExampleAnswer[]] {
  const ofCode = code === undefined ? answers : answers.filter(({ status }) => status === code);
  if (ofCode.length === 0) throw notInContract(operationId, `no answer ${code}`, [...answers.map(({ status }) => status), ...errors]);
  const withExample = example === undefined ? ofCode : ofCode.filter(({ examples }) => Object.hasOwn(examples, example));
  if (withExample.length === 0) throw notInContract(operationId, `no example \`${example}\``, ofCode.flatMap(({ examples }) => Object.keys(examples)));
  const status = withExample.find((answer) => answer.status === usual.code)?.status ?? withExample[0]!.status;
  return withExample.filter((answer) => answer.status === status) as [ExampleAnswer, ...ExampleAnswer[]];
}

function byMediaType(answers: readonly ExampleAnswer[], wantsEvents: boolean, context: RequestContext): ExampleAnswer {
  if (wantsEvents) return answers.find(({ mediaType }) => mediaType === "text/event-stream")!;
  const others = answers.filter(({ mediaType }) => mediaType !== "text/event-stream");
  const preferred = context.prefers(others.map(({ mediaType }) => mediaType ?? "") as [string, ...string[]]);
  return others.find(({ mediaType }) => mediaType === preferred)!;
}

/** Where `stream` in the body decides on events, and not `Accept`. */
const sayInBody: ReadonlySet<string> = new Set<Route["operationId"]>(["chat", "createChatCompletion"]);

/** Where the request decides which of several good answers it gets. */
const usually: { [Operation in Route["operationId"]]?: (given: object) => Wanted } = {
  chat: editionOf,
  streamChat: editionOf,
  streamChatByQuery: editionOf,
  message: (given) => ("wait_for_response" in given && given.wait_for_response === false ? { code: 202 } : {}),
  installSkill: (given) => ({ example: "path" in given ? "path" : "registry" }),
  listLogs: (given) => ("kind" in given ? { example: String(given.kind) } : {}),
};

function editionOf(given: object): Wanted {
  return { example: membersOfEditions(given).conversations.length > 0 ? "conversations" : "agents" };
}

function notInContract(operationId: string, lacking: string, has: readonly (string | number)[]): GatewayError {
  return new GatewayError("bad_request", `The contract has ${lacking} of \`${operationId}\`. It has: ${[...new Set(has)].join(", ")}.`);
}
