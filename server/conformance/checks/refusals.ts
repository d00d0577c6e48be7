import type { ErrorObject, ValidateFunction } from "ajv";
import { faultsOf } from "../../schema-faults.ts";
import { breakValue, wrongValues } from "../break-value.ts";
import type { CallRequest } from "../caller.ts";
import type { DocumentedBody, DocumentedParameter, Operation } from "../contract.ts";
import { codeIn, errorIn, fieldsOf } from "../error-of.ts";
import type { Exchange } from "../exchange.ts";
import { farReaching, isPlatformCallback, requiredQuery } from "../requests.ts";
import { Skipped, type Trial } from "../trials.ts";
import { unknownPath } from "../world.ts";
import type { CheckContext } from "./context.ts";

interface Refusal {
  name: string;
  request: CallRequest;
  statuses: readonly number[];
  code: "bad_request" | "unsupported_media_type";
  /** One of them is named; none where the whole body is wrong. */
  fields: readonly string[];
}

/** So many faults of one body are tried. */
const mostBroken = 200;

/**
 * Requests that break the contract, each in one place. They are made from the schemas, and must be refused: with the right status, face and
 * code, naming the field. Where a server that took one would change what is not the tests' own, they are sent with `allowChanges` only.
 */
export async function checkRefusals(context: CheckContext, operation: Operation): Promise<void> {
  if (isPlatformCallback(operation)) return;
  if (!operation.body && !operation.parameters.some(isChecked)) return;
  let refusals: Refusal[] = [];
  await context.trial(operation, "refusals", "can be made", async () => {
    refusals = await makeRefusals(context, operation);
  });
  for (const { name, request, statuses, code, fields } of refusals) {
    await context.trial(operation, "refusals", name, async (trial) => {
      const exchange = await trial.callFor(statuses, operation.operationId, request);
      if (exchange.status !== 404) checkError(trial, operation, exchange, code, fields);
    });
  }
}

/** The code, and the field by its pointer, or by its name in the message. */
export function checkError(trial: Trial, { face }: Operation, exchange: Exchange, code: string, fields: readonly string[] = []): void {
  const error = errorIn(exchange.text);
  // What is no error of the face has been said.
  if (!error || error.face !== face) return;
  if (error.code !== codeIn(face, code) && !(face === "openai" && exchange.status === 404)) trial.fault("error-code", exchange, codeIn(face, code), error.code);
  if (fields.length === 0) return;
  const named = fieldsOf(error);
  const noPointer = named.find((field) => field !== "" && !field.startsWith("/"));
  if (noPointer !== undefined) trial.fault("error-field", exchange, "a JSON Pointer, such as /query/limit, as the path of each fault", noPointer);
  const isNamed = fields.some((field) => named.includes(field) || (field !== "" && error.message.includes(field.slice(field.lastIndexOf("/") + 1))));
  if (!isNamed) trial.fault("error-field", exchange, `${[...new Set(fields)].join(" or ")} in the error`, [...named, error.message].join(", "));
}

async function makeRefusals(context: CheckContext, operation: Operation): Promise<Refusal[]> {
  const isGuarded = farReaching.has(operation.operationId) && !context.allowChanges;
  const known = operation.method === "DELETE" || isGuarded ? undefined : await context.world.path(operation).catch(noneIfSkipped);
  const path = known ?? unknownPath(operation);
  const good: CallRequest = { path, query: requiredQuery(operation) };
  const refusals: Refusal[] = [];
  const json = operation.body ? { json: await context.world.fit(operation, Object.values(operation.body.examples)[0]) } : {};
  if (operation.body) {
    refusals.push(...notEvenJson(operation.body, good, isGuarded ? "{" : JSON.stringify(json.json)));
    if (!isGuarded) refusals.push(...(await brokenBodies(context, operation, operation.body, good)));
  }
  // What is wrong in the query of a DELETE may be just what keeps it from deleting everything.
  if (!isGuarded) refusals.push(...brokenParameters(operation, { ...good, ...json }));
  if (refusals.length === 0 && isGuarded) throw new Skipped("a server that took it would change what is not the tests' own: --allow-changes");
  // Which of two faults is told, is not in the contract.
  const isUnknown = known === undefined && Object.keys(path).length > 0;
  return isUnknown ? refusals.map((refusal) => ({ ...refusal, statuses: [...refusal.statuses, 404] })) : refusals;
}

function noneIfSkipped(error: unknown): undefined {
  if (!(error instanceof Skipped)) throw error;
}

/** What is no JSON object, or not said to be one: `text` under another media type. */
function notEvenJson({ required }: DocumentedBody, good: CallRequest, text: string): Refusal[] {
  const bad = (name: string, body: string): Refusal => ({ name: `body: ${name}`, request: { ...good, body }, statuses: [400], code: "bad_request", fields: [] });
  const wrongType = (type: string): Refusal => ({ name: `body: as ${type}`, request: { ...good, body: text, headers: { "Content-Type": type } }, statuses: [415], code: "unsupported_media_type", fields: [] });
  return [
    ...(required ? [bad("empty", "")] : []),
    bad("no JSON", '{"message":'),
    bad("a list", "[]"),
    bad("a text", '"text"'),
    bad("nested 10,000 deep", `${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`),
    wrongType("text/plain"),
    wrongType("application/xml"),
  ];
}

async function brokenBodies({ world }: CheckContext, operation: Operation, { schemas, examples }: DocumentedBody, good: CallRequest): Promise<Refusal[]> {
  const refusals = new Map<string, Refusal>();
  const validators = operation.bodies ?? [];
  for (const [name, example] of Object.entries(examples)) {
    const fitted = await world.fit(operation, example);
    const member = validators.findIndex((validator) => validator(structuredClone(fitted)));
    if (member === -1) continue;
    for (const { path, what, value } of breakValue(schemas[member]!, fitted)) {
      const fields = fieldsAtFault(validators, value);
      // Another member of the union takes it.
      if (path === "" || !fields || refusals.size >= mostBroken) continue;
      const title = `${validators.length > 1 ? `${name} ` : ""}body: ${path} ${what}`;
      refusals.set(title, { name: title, request: { ...good, json: value }, statuses: [400], code: "bad_request", fields: [path, ...fields] });
    }
  }
  return [...refusals.values()];
}

function brokenParameters(operation: Operation, good: CallRequest): Refusal[] {
  const { parameters, parametersValidator } = operation;
  if (!parametersValidator) return [];
  const refusals: Refusal[] = [];
  const place = { path: "path", query: "query", header: "headers" } as const;
  for (const parameter of parameters.filter(isChecked)) {
    const { name, in: where, required, schema } = parameter;
    const at = place[where];
    for (const [what, value] of [...wrongValues(schema), ...(schema.type === "integer" ? ([["no number", "x"]] as const) : [])]) {
      const text = String(value);
      // A path's part cannot be empty, nor a header have what is no text for one.
      if ((where === "path" && text === "") || (where === "header" && !/^[ -~]*$/.test(text))) continue;
      const request = { ...good, [at]: { ...good[at], [name]: text } };
      const fields = fieldsAtFault([parametersValidator], parametersOf(request));
      if (fields) refusals.push({ name: `${where}: ${name} ${what}`, request, statuses: [400], code: "bad_request", fields: [...fields, `/${name}`] });
    }
    if (where !== "query") continue;
    const { [name]: _, ...without } = good.query ?? {};
    if (required) refusals.push({ name: `query: ${name} left out`, request: { ...good, query: without }, statuses: [400], code: "bad_request", fields: [`/${name}`] });
  }
  return refusals;
}

const isChecked = ({ schema, in: where, required }: DocumentedParameter) => where !== "header" || required || schema.pattern !== undefined;

/** As the server reads them: names of headers in lower case. */
function parametersOf({ path = {}, query = {}, headers = {} }: CallRequest) {
  return structuredClone({ path, query, headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])) });
}

/** The places that are wrong in a value that none of the validators takes; undefined when one does. */
function fieldsAtFault(validators: readonly ValidateFunction[], value: unknown): string[] | undefined {
  const errors: ErrorObject[] = [];
  for (const validator of validators) {
    if (validator(structuredClone(value))) return undefined;
    errors.push(...(validator.errors ?? []));
  }
  return faultsOf(errors).map(({ path }) => path);
}
