import type { Schema } from "./contract.ts";

/** A value with one thing wrong in it. */
export interface Broken {
  /** JSON Pointer (RFC 6901) to what is wrong. */
  path: string;
  /** In words. */
  what: string;
  value: unknown;
}

/** The name of a member that no schema has. */
const unknownMember = "notInTheContract";

/**
 * A good value with each constraint of its schema broken once: what is required left out, a wrong type, a word that is not on the list, numbers,
 * texts and lists that are too small or too large, a pattern that does not fit, a member that is not known. What a good value leaves out
 * is put in, wrong. Some of it may still fit where a schema is a union: whoever uses it asks the validator.
 */
export function* breakValue(schema: Schema, good: unknown, path = ""): Generator<Broken> {
  const inner = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].find((member) => member.type !== "null");
  const merged: Schema = inner ? { ...inner, ...withoutUnion(schema) } : schema;
  for (const [what, value] of wrongValues(merged)) yield { path, what, value };
  if (merged.type === "array" && merged.items) {
    const [first = sample(merged.items), ...rest] = Array.isArray(good) ? (good as unknown[]) : [];
    if (first !== undefined) for (const broken of breakValue(merged.items, first, `${path}/0`)) yield { ...broken, value: [broken.value, ...rest] };
  }
  if (merged.properties && typeof good === "object" && good !== null) yield* breakMembers(merged, good as Record<string, unknown>, path);
}

function* breakMembers({ properties = {}, required = [], additionalProperties }: Schema, good: Record<string, unknown>, path: string): Generator<Broken> {
  for (const [name, schema] of Object.entries(properties)) {
    const at = `${path}/${name}`;
    if (required.includes(name)) {
      const { [name]: _, ...without } = good;
      yield { path: at, what: "left out", value: without };
    }
    const value = name in good ? good[name] : sample(schema);
    for (const broken of breakValue(schema, value, at)) yield { ...broken, value: { ...good, [name]: broken.value } };
  }
  if (additionalProperties === false) yield { path: `${path}/${unknownMember}`, what: "not in the contract", value: { ...good, [unknownMember]: true } };
}

/** Wrong values, and what is wrong with each. */
export function* wrongValues(schema: Schema): Generator<[what: string, value: unknown]> {
  const { type, minimum, maximum, minLength, maxLength, minItems, maxItems, pattern } = schema;
  const isText = type === "string";
  if (type === "object" || type === "array") yield ["a text", "text"];
  else if (isText) yield ["a number", 7];
  else if (type !== undefined) yield ["a text", "none of these"];
  if (type === "integer") yield ["no whole number", 1.5];
  if (schema.enum) yield ["not on the list", isText ? "none-of-these" : -1];
  if (minimum !== undefined) yield ["too small", minimum - 1];
  // Further than that JSON's numbers are not exact.
  if (maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER) yield ["too large", maximum + 1];
  if (isText && minLength) yield ["too short", "x".repeat(minLength - 1)];
  if (isText && maxLength !== undefined && maxLength <= 10_000) yield ["too long", "x".repeat(maxLength + 1)];
  if (isText && pattern !== undefined) for (const text of ["a b/ü", "", "\u0001"]) if (!new RegExp(pattern).test(text)) yield [text === "" ? "empty" : "off its pattern", text];
  if (type === "array" && minItems) yield ["too few", []];
  if (type === "array" && maxItems !== undefined && maxItems <= 1000) {
    const item = sample(schema.items ?? {});
    yield ["too many", Array.from({ length: maxItems + 1 }, () => item)];
  }
}

/** Some value that fits, for what a good value leaves out; undefined where none is at hand. */
function sample({ type, enum: words, anyOf, oneOf, minimum = 1, minLength = 1, pattern, minItems = 0, items = {}, properties = {}, required = [] }: Schema): unknown {
  if (words) return words[0];
  const union = anyOf ?? oneOf;
  if (union) return sample(union.find((member) => member.type !== "null") ?? {});
  if (type === "integer" || type === "number") return minimum;
  if (type === "boolean") return true;
  if (type === "array") return Array.from({ length: Math.max(minItems, 1) }, () => sample(items));
  if (type === "object") return Object.fromEntries(required.map((name) => [name, sample(properties[name] ?? {})]));
  return ["x".repeat(minLength), "1", "a:1", "2026-04-30"].find((text) => pattern === undefined || new RegExp(pattern).test(text));
}

function withoutUnion({ anyOf: _anyOf, oneOf: _oneOf, ...rest }: Schema): Schema {
  return rest;
}
