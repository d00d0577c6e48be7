import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import openapiTS, { astToString } from "openapi-typescript";
import type { Operation } from "./operations.ts";
import { header } from "./paths.ts";

/** `server/contract.ts`, the contract's types, and `server/handlers.ts`, the interfaces that the server implements, one a tag. */
export async function writeHandlers(operations: readonly Operation[], generated: string): Promise<void> {
  // Required where a default stands: the server's validators have filled it in before a handler sees it.
  const types = await openapiTS(new URL(`file://${join(generated, "openapi.json")}`), { defaultNonNullable: true });
  await writeFile(join(generated, "server/contract.ts"), header("handlers.ts") + astToString(types));

  const groups = Map.groupBy(operations, ({ group }) => group);
  const interfaces = [...groups].map(
    ([group, members]) => `/** ${group}. */
export interface ${group}Handlers<Context> {
${members.map(({ id, raw, method, path }) => `  /** ${method} ${path}: ${raw.summary} */\n  ${id}: Handler<"${id}", Context>;\n`).join("")}}
`,
  );
  await writeFile(
    join(generated, "server/handlers.ts"),
    `${header("handlers.ts")}
import type { operations } from "./contract.ts";

type Value<T> = [T] extends [never] ? Record<string, never> : T;
type Defined<T, Key extends string, Else> = T extends { [K in Key]: infer V } ? V : T extends { [K in Key]?: infer V } ? ([V] extends [undefined] ? Else : NonNullable<V>) : Else;

/** The members of queries that have a default: filled in before a handler sees them. */
interface DefaultedQuery {
${operations
  .map(({ id, parameters }) => [id, parameters.filter(({ in: place, schema }) => place === "query" && "default" in schema).map(({ name }) => `"${name}"`)] as const)
  .filter(([, names]) => names.length > 0)
  .map(([id, names]) => `  ${id}: ${names.join(" | ")};\n`)
  .join("")}}

type Filled<T, Names> = Omit<T, Names & keyof T> & Required<Pick<T, Names & keyof T>>;

type Lowered<T> = { [K in keyof T as K extends string ? Lowercase<K> : K]: T[K] };

type JsonBody = { content: { "application/json": unknown } };

/** Undefined where the body may be left out, and was. */
type BodyOf<Operation> = Operation extends { requestBody: { content: { "application/json": infer Body } } }
  ? Body
  : Operation extends { requestBody?: infer Given }
    ? Extract<Given, JsonBody> extends { content: { "application/json": infer Body } }
      ? Body | undefined
      : undefined
    : undefined;

/** A validated request: coerced, defaults filled in. */
export interface OperationRequest<Id extends keyof operations> {
  path: Value<Defined<operations[Id]["parameters"], "path", Record<string, never>>>;
  query: Filled<Value<Defined<operations[Id]["parameters"], "query", Record<string, never>>>, Id extends keyof DefaultedQuery ? DefaultedQuery[Id] : never>;
  /** By their names in lower case, as Node has them. */
  headers: Lowered<Value<Defined<operations[Id]["parameters"], "header", Record<string, never>>>>;
  body: BodyOf<operations[Id]>;
}

/** One event of a stream, with the id that a client comes back with. */
export interface StreamEvent<T> {
  id: string;
  data: T;
}

/** A stream is read in batches: what is there at once is written at once. Leaving the loop lets go of it. */
export type EventStream<T> = AsyncIterable<readonly StreamEvent<T>[]>;

// The server sets these in every answer, not the handler.
type ServerHeader = "X-Request-Id" | "Idempotency-Replayed" | "Deprecation" | "Sunset" | "Link" | \`X-RateLimit-\${string}\`;
type AnswerHeaders<T> = T extends { headers: infer H } ? { [K in keyof H as K extends ServerHeader | number ? never : string extends K ? never : K]: H[K] } : never;
type WithHeaders<T> = keyof AnswerHeaders<T> extends never ? { headers?: never } : Partial<AnswerHeaders<T>> extends AnswerHeaders<T> ? { headers?: AnswerHeaders<T> } : { headers: AnswerHeaders<T> };

type ContentAnswer<MediaType, Body> = MediaType extends "text/event-stream"
  ? { events: EventStream<Body> }
  : MediaType extends "application/json"
    ? { body: Body }
    : { text: string; contentType: MediaType; formatVersion?: string };

type AnswerOf<Status, Response> = { status: Status } & WithHeaders<Response> &
  (Response extends { content: infer Content }
    ? [Content] extends [undefined]
      ? { body?: never }
      : { [MediaType in keyof Content]: ContentAnswer<MediaType, Content[MediaType]> }[keyof Content]
    : { body?: never });

/** The answers that the contract has for an operation: any other status, face, header or event does not compile. */
export type OperationAnswer<Id extends keyof operations> = {
  [Status in keyof operations[Id]["responses"]]: AnswerOf<Status, operations[Id]["responses"][Status]>;
}[keyof operations[Id]["responses"]];

/** Implements one operation. Errors are thrown; the server turns them into the face of the route. */
export type Handler<Id extends keyof operations, Context> = (request: OperationRequest<Id>, context: Context) => Promise<OperationAnswer<Id>>;

${interfaces.join("\n")}
/** Every operation of the contract. */
export interface Handlers<Context> extends ${[...groups.keys()].map((group) => `${group}Handlers<Context>`).join(", ")} {}
`,
  );
}
