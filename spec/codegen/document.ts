/** The part of an OpenAPI document that the generators look at. */
export interface OpenapiDocument {
  openapi: string;
  info: Record<string, unknown>;
  tags: { name: string }[];
  security?: Record<string, string[]>[];
  servers?: { url: string }[];
  paths: Record<string, Record<string, OpenapiOperation>>;
  components: {
    schemas: Record<string, Schema>;
    parameters: Record<string, Parameter>;
    responses?: Record<string, Response>;
    headers?: Record<string, unknown>;
    [kind: string]: unknown;
  };
}

export interface OpenapiOperation {
  operationId: string;
  summary?: string;
  description?: string;
  tags?: string[];
  parameters?: (Parameter | Reference)[];
  requestBody?: { required?: boolean; content: Record<string, { schema: Schema; examples?: Record<string, { value: unknown }> }> };
  responses: Record<string, Response | Reference>;
  security?: Record<string, string[]>[];
  deprecated?: boolean;
  "x-permission"?: string;
  "x-rate-class"?: string;
  "x-raw-body"?: true;
  "x-deprecated-since"?: string;
  "x-sunset"?: string;
  "x-deprecation-link"?: string;
  [extension: `x-${string}`]: unknown;
}

export interface Response {
  description: string;
  headers?: Record<string, unknown>;
  content?: Record<string, { schema: Schema; examples?: Record<string, { summary?: string; value: unknown }> }>;
  links?: Record<string, { operationId: string; parameters: Record<string, string> }>;
}

export interface Parameter {
  name: string;
  in: "path" | "query" | "header";
  required?: boolean;
  schema: Schema;
}

export interface Reference {
  $ref: string;
}

export type Schema = Record<string, unknown> & { $ref?: string; allOf?: Schema[]; anyOf?: Schema[]; oneOf?: Schema[]; properties?: Record<string, Schema> };

/** The last part of a reference: `#/components/schemas/Agent` → `Agent`. */
export function referenceName(reference: string): string {
  return reference.slice(reference.lastIndexOf("/") + 1);
}

/** Follows a reference into the document's components; anything else is given back as it is. */
export function resolve<T extends object>(document: object, value: T | Reference): T {
  if (!("$ref" in value) || typeof value.$ref !== "string") return value as T;
  const found = value.$ref.split("/").slice(1).reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], document);
  if (found === undefined) throw new Error(`the reference ${value.$ref} leads nowhere in this document`);
  return resolve(document, found as T | Reference);
}

/** Every object and array within a value, itself first. */
export function* nodes(value: unknown): Generator<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return;
  if (!Array.isArray(value)) yield value as Record<string, unknown>;
  for (const inner of Object.values(value)) yield* nodes(inner);
}
