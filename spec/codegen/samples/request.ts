import { resolve, type OpenapiDocument, type Parameter, type Schema } from "../document.ts";
import type { Operation } from "../operations.ts";

/** Where the samples find the gateway. */
export const sampleUrl = "http://127.0.0.1:18789";

/** One request of an operation, made of the contract's own examples: what the sample of each language is written from. */
export interface SampleRequest {
  id: string;
  summary: string;
  /** The tag of the operation. */
  group: string;
  method: string;
  /** The whole address, with path and query filled in. */
  url: string;
  path: Record<string, unknown>;
  query: Record<string, unknown>;
  headers: Record<string, string>;
  /** Undefined without one. */
  body: unknown;
  /** How a body is described, for languages that have a class for it; undefined without one. */
  bodySchema: Schema | undefined;
  bodyRequired: boolean;
  needsToken: boolean;
  /** Whether it says that it wants events, where it could have JSON. */
  asksForEvents: boolean;
  /** What comes: events as long as they last, a page of a list that has more of them, JSON, other text, or nothing. */
  answer: "events" | "pages" | "json" | "text" | "nothing";
}

type Shown = { examples?: Record<string, { value: unknown }> };

export interface SampleOptions {
  /** In place of the body of the contract's example. */
  body?: unknown;
  /** The answer as events, of an operation that has JSON as well. */
  asEvents?: boolean;
}

/** An operation's request, as its first example in the contract shows it. */
export function sampleRequest(document: OpenapiDocument, operation: Operation, { body, asEvents = false }: SampleOptions = {}): SampleRequest {
  const { id, group, method, path, parameters, permission, raw } = operation;
  const content = raw.requestBody?.content["application/json"];
  const [name] = [content ?? {}, ...parameters].flatMap(({ examples = {} }: Shown) => Object.keys(examples));
  const valueOf = ({ examples = {} }: Shown) => (examples[name ?? ""] ?? Object.values(examples)[0])?.value;
  const isShown = ({ required, name: own, examples }: Parameter & Shown) => examples !== undefined && (required || own === "limit" || (name !== undefined && name in examples));
  const given = (place: string) => Object.fromEntries(parameters.filter((parameter) => parameter.in === place && isShown(parameter)).map((parameter) => [parameter.name, valueOf(parameter as Shown)]));
  const [inPath, query] = [given("path"), given("query")];
  const search = new URLSearchParams(Object.entries(query).map(([key, value]): [string, string] => [key, String(value)])).toString();
  return {
    id,
    summary: raw.summary ?? id,
    group,
    method,
    url: sampleUrl + path.replaceAll(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(String(inPath[key]))) + (search === "" ? "" : `?${search}`),
    path: inPath,
    query,
    headers: Object.fromEntries(Object.entries(given("header")).map(([key, value]) => [key, String(value)])),
    body: body ?? (content && withoutDefaults(document, content.schema, valueOf(content))),
    bodySchema: content?.schema,
    bodyRequired: raw.requestBody?.required === true,
    needsToken: permission !== "none",
    answer: asEvents ? "events" : answerOf(operation),
    asksForEvents: asEvents,
  };
}

function answerOf({ parameters, answers }: Operation): SampleRequest["answer"] {
  const mediaTypes = answers.filter(({ status }) => status < 300).map(({ mediaType }) => mediaType);
  if (mediaTypes.length === 0) return "nothing";
  if (mediaTypes.includes("application/json")) return parameters.some(({ name }) => name === "cursor") ? "pages" : "json";
  return mediaTypes.includes("text/event-stream") ? "events" : "text";
}

/** What goes without saying is not said. */
function withoutDefaults(document: OpenapiDocument, schema: Schema, body: unknown): unknown {
  const { properties = {} } = branchOf(document, schema, body);
  return Object.fromEntries(Object.entries(body as object).filter(([name, value]) => resolve(document, properties[name] ?? {})["default"] !== value));
}

/** The schema itself; of a union the member that has all that the value has. */
export function branchOf(document: OpenapiDocument, schema: Schema, value: unknown): Schema {
  const { anyOf, oneOf, ...rest } = resolve(document, schema);
  const members = (anyOf ?? oneOf)?.map((member) => branchOf(document, member, value));
  const fits = ({ properties = {}, required = [], type }: Schema & { required?: string[] }) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? type === "object" && Object.entries(value).every(([name, inner]) => name in properties && fitsEnum(resolve(document, properties[name]!), inner)) && required.every((name) => name in value)
      : type === (Array.isArray(value) ? "array" : value === null ? "null" : typeof value);
  return members === undefined ? rest : (members.find(fits) ?? members[0]!);
}

const fitsEnum = ({ enum: values }: Schema, value: unknown) => !Array.isArray(values) || values.includes(value);
