import { referenceName, resolve, type Schema } from "../codegen/document.ts";

/** What a schema is called. One that is bounded further beside its reference is another, and has no name. */
export function nameOf({ $ref, ...beside }: Schema): string | null {
  return $ref !== undefined && Object.keys(beside).every((keyword) => remarks.has(keyword)) ? referenceName($ref) : null;
}

/** A reference alone, when what stands beside it says nothing of values. */
export function withoutRemarks(schema: Schema): Schema {
  return schema.$ref !== undefined && nameOf(schema) !== null ? { $ref: schema.$ref } : schema;
}

/** A schema with what it refers to and all that it is made of (`allOf`), as if it stood there. */
export function contentsOf(schema: Schema, document: object): Schema {
  const { $ref, allOf, ...own } = schema;
  const parts = [...($ref === undefined ? [] : [resolve<Schema>(document, { $ref })]), ...(allOf ?? [])];
  if (parts.length === 0) return schema;
  return [...parts.map((part) => contentsOf(part, document)), own as Schema].reduce(joined);
}

function joined(one: Schema, other: Schema): Schema {
  const whole: Schema = { ...one, ...other };
  if (one.properties && other.properties) whole.properties = { ...one.properties, ...other.properties };
  if (one["required"] && other["required"]) whole["required"] = [...new Set([...(one["required"] as string[]), ...(other["required"] as string[])])];
  return whole;
}

/** What may stand beside a reference, or a union, and leaves the values as they are. */
export const remarks: ReadonlySet<string> = new Set(["title", "description", "examples", "example", "default", "deprecated"]);
