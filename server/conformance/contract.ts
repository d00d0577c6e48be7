import { readFileSync } from "node:fs";
import { routes, type Route } from "../../generated/server/routes.ts";
import { readContractExamples, type ExampleEvent } from "../mock/examples.ts";
import { packageFile } from "../package-files.ts";
import { editionsOf, type Edition } from "./editions.ts";

/** An operation of the contract: its route, and what `spec/codegen/conformance.ts` writes of it. */
export interface Operation extends Omit<Route, "path" | "parameters"> {
  /** As OpenAPI has it: `/api/v1/runs/{runId}`. */
  path: string;
  /** Those of the documents that it is from; none for what is beyond them. */
  editions: readonly Edition[];
  parameters: readonly DocumentedParameter[];
  /** Validates and coerces `{path, query, headers}`; null without parameters. */
  parametersValidator: Route["parameters"];
  body: DocumentedBody | null;
  answers: readonly DocumentedAnswer[];
  /** Whether each of its streams begins with an event `start`. */
  hasStart: boolean;
}

export type OperationId = Route["operationId"];

/** JSON Schema 2020-12, without references. */
export interface Schema {
  type?: string;
  enum?: unknown[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  additionalProperties?: boolean | Schema;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  pattern?: string;
}

export interface DocumentedParameter {
  name: string;
  in: "path" | "query" | "header";
  required: boolean;
  schema: Schema;
  examples: unknown[];
}

export interface DocumentedBody {
  required: boolean;
  types: string[];
  /** Several for a union. */
  schemas: Schema[];
  /** By name; a name is often an edition's. */
  examples: Record<string, unknown>;
}

export interface DocumentedAnswer {
  status: number;
  /** None for an answer without a body. */
  mediaTypes: string[];
  headers: DocumentedHeader[];
  /** Of a 201: the operation that deletes what was made, with its parameters as OpenAPI's runtime expressions. */
  undo?: { operationId: OperationId; parameters: Record<string, string> };
}

export interface DocumentedHeader {
  name: string;
  required: boolean;
  schema: Schema;
}

interface Facts {
  operations: Record<OperationId, { parameters: DocumentedParameter[]; body: DocumentedBody | null; answers: (Omit<DocumentedAnswer, "headers"> & { head: number })[] }>;
  heads: DocumentedHeader[][];
}

const facts = JSON.parse(readFileSync(packageFile("generated/server/conformance.json"), "utf8")) as Facts;

const shown = readContractExamples().operations;

/** As the contract's own streams do, `spec/streams`. */
function hasStart(id: OperationId): boolean {
  const streams = shown[id].answers.filter(({ mediaType }) => mediaType === "text/event-stream").flatMap(({ examples }) => Object.values(examples) as ExampleEvent[][]);
  return streams.length > 0 && streams.every(([first]) => (first!.data as { type?: string }).type === "start");
}

/** Every operation, by its id. */
export const operations: ReadonlyMap<OperationId, Operation> = new Map(
  routes.map((route) => {
    const { parameters, body, answers } = facts.operations[route.operationId];
    const operation: Operation = {
      ...route,
      path: route.path.replaceAll(/:(\w+)/g, "{$1}"),
      editions: editionsOf(route.operationId),
      parameters,
      parametersValidator: route.parameters,
      body,
      answers: answers.map(({ head, ...answer }) => ({ ...answer, headers: facts.heads[head]! })),
      hasStart: hasStart(route.operationId),
    };
    return [route.operationId, operation] as const;
  }),
);

export function operationOf(id: OperationId): Operation {
  return operations.get(id)!;
}

/** Whether a key with these permissions may use an operation; so may anybody whose permissions nobody knows. */
export function isAllowed({ permission }: Operation, permissions: readonly string[] | null): boolean {
  return permission === "none" || permission === "any" || permissions === null || permissions.includes(permission);
}

const patterns = routes.map(({ method, path }) => ({ method, pattern: new RegExp(`^${path.replaceAll(".", "\\.").replaceAll(/:\w+/g, "[^/]+")}$`) }));

/** The methods that the contract has at a path, whatever its ids are: `/keys/self` is a key's path, too. */
export function methodsAt(path: string): string[] {
  return [...new Set(patterns.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method))].sort();
}
