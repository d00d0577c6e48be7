import { isDeepStrictEqual } from "node:util";
import type { Schema } from "../codegen/document.ts";
import { remarks } from "./references.ts";
import type { NoteSchema } from "./compare-schemas.ts";

/**
 * Compares which single values two schemas take: type, format, enum, pattern, bounds. False when they have no type in common,
 * so that it is of no use to look into them.
 */
export function compareValues(old: Schema, young: Schema, say: NoteSchema): boolean {
  const [from, to] = [typeOf(old), typeOf(young)];
  if (from !== to) {
    const types = `is ${to ? `of type ${to}` : "of any type"}, and no more ${from ? `of type ${from}` : "of any type"}`;
    if (from === null || (from === "number" && to === "integer")) say("type-narrowed", "narrowed", types);
    else if (to === null || (from === "integer" && to === "number")) say("type-widened", "widened", types);
    else say("type-changed", "breaking", types);
    return false;
  }
  compareEnum(old, young, say);
  compareFormat(old, young, say);
  comparePattern(old, young, say);
  for (const [keyword, isLower] of bounds) compareBound(keyword, isLower, old, young, say);
  for (const keyword of new Set([...Object.keys(old), ...Object.keys(young)])) {
    if (!known.has(keyword) && !keyword.startsWith("x-") && !isDeepStrictEqual(old[keyword], young[keyword])) say("schema-changed", "breaking", `has another \`${keyword}\``);
  }
  return true;
}

function typeOf(schema: Schema): string | null {
  if (typeof schema["type"] === "string") return schema["type"];
  const [value] = valuesOf(schema) ?? [];
  return value === undefined ? null : typeof value;
}

function compareEnum(old: Schema, young: Schema, say: NoteSchema): void {
  const [from, to] = [valuesOf(old), valuesOf(young)];
  if (from && to) {
    for (const value of from) if (!to.includes(value)) say("enum-removed", "narrowed", `is \`${String(value)}\` no more`);
    for (const value of to) if (!from.includes(value)) say("enum-added", "widened", `can be \`${String(value)}\``);
  } else if (to) say("enum-narrowed", "narrowed", `is one of ${to.map((value) => `\`${String(value)}\``).join(", ")} and nothing else`);
  else if (from) say("enum-widened", "widened", "can be anything, and no more a fixed set");
}

function valuesOf(schema: Schema): unknown[] | null {
  if (Array.isArray(schema["enum"])) return schema["enum"];
  return "const" in schema ? [schema["const"]] : null;
}

/** Formats that are contained in others. */
const wider: Record<string, string> = { int32: "int64", float: "double" };

function compareFormat(old: Schema, young: Schema, say: NoteSchema): void {
  const [from, to] = [old["format"], young["format"]] as (string | undefined)[];
  if (from === to) return;
  const says = `is ${to ? `in the format ${to}` : "in no format"}${from ? `, and no more ${from}` : ""}`;
  if (from === undefined || (to !== undefined && wider[to] === from)) say("format-narrowed", "narrowed", says);
  else if (to === undefined || wider[from] === to) say("format-widened", "widened", says);
  else say("format-changed", "breaking", says);
}

function comparePattern(old: Schema, young: Schema, say: NoteSchema): void {
  const [from, to] = [old["pattern"], young["pattern"]] as (string | undefined)[];
  if (from === to) return;
  if (from === undefined) say("pattern-narrowed", "narrowed", `fits \`${to}\``);
  else if (to === undefined) say("pattern-widened", "widened", `need not fit \`${from}\` any more`);
  // Which of two patterns takes more is not to be told.
  else say("pattern-changed", "breaking", `fits \`${to}\`, and no more \`${from}\``);
}

/** Each with whether it is a lower one. */
const bounds = [
  ["minimum", true],
  ["exclusiveMinimum", true],
  ["minLength", true],
  ["minItems", true],
  ["minProperties", true],
  ["maximum", false],
  ["exclusiveMaximum", false],
  ["maxLength", false],
  ["maxItems", false],
  ["maxProperties", false],
] as const;

function compareBound(keyword: string, isLower: boolean, old: Schema, young: Schema, say: NoteSchema): void {
  const none = isLower ? -Infinity : Infinity;
  const [from, to] = [boundOf(old, keyword) ?? none, boundOf(young, keyword) ?? none];
  if (from === to) return;
  const says = Number.isFinite(to) ? `has the \`${keyword}\` ${to}${Number.isFinite(from) ? `, and no more ${from}` : ""}` : `has no \`${keyword}\` any more, which was ${from}`;
  if (isLower ? to > from : to < from) say("bound-narrowed", "narrowed", says);
  else say("bound-widened", "widened", says);
}

/** None where it bounds nothing: a length of 0, or as far as JSON's integers go, which stands in every int64. */
function boundOf(schema: Schema, keyword: string): number | undefined {
  const value = schema[keyword] as number | undefined;
  const isNone = value === undefined || Math.abs(value) === Number.MAX_SAFE_INTEGER || (value === 0 && /^min[LIP]/.test(keyword));
  return isNone ? undefined : value;
}

/** What is compared here, or elsewhere, or says nothing of values. */
const known: ReadonlySet<string> = new Set([
  "type",
  "enum",
  "const",
  "format",
  "pattern",
  "properties",
  "required",
  "additionalProperties",
  "items",
  "anyOf",
  "oneOf",
  "discriminator",
  "$comment",
  ...remarks,
  ...bounds.map(([keyword]) => keyword),
]);
