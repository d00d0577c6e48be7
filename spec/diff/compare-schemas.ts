import { isDeepStrictEqual } from "node:util";
import type { Schema } from "../codegen/document.ts";
import type { ChangeKind, Level, Note, Side } from "./change.ts";
import { compareValues } from "./compare-values.ts";
import { contentsOf, nameOf, withoutRemarks } from "./references.ts";
import { unchangedSchemas } from "./unchanged.ts";
import { describeMember, pairMembers, splitNull } from "./unions.ts";

/** Where in the contract a schema stands. */
export interface SchemaPlace {
  /** `Webhook.url` within a named schema, else from the operation on. */
  name: string;
  side: Exclude<Side, null>;
  /** The operation on whose account it is looked at, by id. */
  operation: string;
  /** Whether it is what a stream sends: its variants are events then. */
  isStream: boolean;
}

/** Says what has become of a schema; `effect` is on the set of values that fit it. */
export type NoteSchema = (kind: ChangeKind, effect: Effect, says: string) => void;

/**
 * `narrowed`: values fit no more that did. `widened`: values fit that did not. Clients suffer from the first in what they
 * send, and from the second in what they are answered. The others are the same both ways.
 */
export type Effect = "narrowed" | "widened" | Level;

/** The documents that the schemas stand in, and where their references lead. */
export interface Documents {
  before: SchemaSource;
  after: SchemaSource;
}

interface SchemaSource {
  components: { schemas: Record<string, Schema> };
}

/** Compares two schemas, each of its own document. What is recursive is followed once. */
export type CompareSchemas = (before: Schema, after: Schema, place: SchemaPlace) => void;

/**
 * Compares schemas as sets of values: it does not matter whether something is referenced or written out, in what order it
 * stands, or what a named schema is called. Keywords that it knows nothing of are breaking when they differ.
 */
export function createSchemaComparison(documents: Documents, note: Note): CompareSchemas {
  const unchanged = unchangedSchemas(documents.before.components.schemas, documents.after.components.schemas);
  const seen = new Set<string>();
  return (before, after, place) => compare(before, after, place);

  /** Members of a union are described, and have a default, as a whole. */
  function compare(before: Schema, after: Schema, place: SchemaPlace, isMember = false): void {
    const [oldName, newName] = [nameOf(before), nameOf(after)];
    const areNamed = oldName !== null && newName !== null;
    const [old, young] = [contentsOf(withoutRemarks(before), documents.before), contentsOf(withoutRemarks(after), documents.after)];
    // What stands beside a reference is of the place, and not of the schema that is referenced.
    if (!isMember) annotate(...((areNamed ? [before, after] : [{ ...old, ...before }, { ...young, ...after }]) as [Schema, Schema]), place);
    if (oldName !== null && oldName === newName && unchanged.has(oldName)) return;
    if (before.$ref ?? after.$ref) {
      const key = JSON.stringify([place.operation, place.side, place.isStream, before.$ref ? before : place.name, after.$ref ? after : place.name]);
      if (seen.has(key)) return;
      seen.add(key);
    }
    const inside = areNamed ? { ...place, name: newName } : place;
    if (areNamed) {
      if (oldName !== newName) noteAt(inside)("schema-renamed", "compatible", `was called \`${oldName}\``);
      annotate(old, young, inside);
    }
    compareContents(old, young, inside);
  }

  function compareContents(old: Schema, young: Schema, place: SchemaPlace): void {
    const say = noteAt(place);
    const [from, to] = [splitNull(old), splitNull(young)];
    if (from.isNullable !== to.isNullable && from.isTyped && to.isTyped) {
      if (to.isNullable) say("null-added", "widened", "may be null");
      else say("null-removed", "narrowed", "is null no more");
    }
    if (Boolean(old["x-open"]) !== Boolean(young["x-open"])) {
      if (young["x-open"]) say("schema-opened", "compatible", "may get further values at any time");
      else say("schema-closed", "compatible", "gets no further values in this version");
    }
    if (from.members.length === 1 && to.members.length === 1) {
      const [one, other] = [from.members[0]!, to.members[0]!];
      // The only member of what can be null beside it.
      if (one !== old || other !== young) compare(one, other, place, true);
      else compareOne(old, young, place);
      return;
    }
    const { pairs, removed, added } = pairMembers(from.members, to.members, documents);
    const variant = place.isStream ? "event" : "variant";
    for (const member of removed) {
      const name = describeMember(member, documents.before);
      // Who waits for an event does so in vain.
      say(`${variant}-removed`, place.isStream ? "breaking" : "narrowed", `is ${name} no more`);
    }
    for (const member of added) say(`${variant}-added`, openOr(old, place, "widened"), `can be ${describeMember(member, documents.after)}`);
    for (const [one, other] of pairs) compare(one, other, place, true);
    if (tagOf(old) && tagOf(young) && tagOf(old) !== tagOf(young)) say("schema-changed", "breaking", `is told apart by \`${String(tagOf(young))}\`, and not by \`${String(tagOf(old))}\``);
  }

  function compareOne(old: Schema, young: Schema, place: SchemaPlace): void {
    const say = noteAt(place);
    const areAlike = compareValues(old, young, (kind, effect, says) => say(kind, kind === "enum-added" || kind === "enum-widened" ? openOr(old, place, effect) : effect, says));
    if (!areAlike) return;
    compareFields(old, young, { ...place, isStream: false });
    compareInner("items", "[]");
    const [rest, others] = [old["additionalProperties"] ?? true, young["additionalProperties"] ?? true];
    if (rest !== false && others !== false) compareInner("additionalProperties", "{}");
    else if (place.side === "request" && rest !== others) {
      if (others === false) say("type-narrowed", "narrowed", "takes no further fields");
      else say("type-widened", "widened", "takes further fields");
    }

    function compareInner(keyword: string, mark: string): void {
      const [one, other] = [old[keyword], young[keyword]];
      if (isSchema(one) || isSchema(other)) compare(isSchema(one) ? one : {}, isSchema(other) ? other : {}, { ...place, name: place.name + mark, isStream: false });
    }
  }

  /** That an object of an answer gets another field is nothing that a client may be closed to. */
  function compareFields(old: Schema, young: Schema, place: SchemaPlace): void {
    const [had, has] = [old.properties ?? {}, young.properties ?? {}];
    const [needed, needs] = [new Set(old["required"] as string[] | undefined), new Set(young["required"] as string[] | undefined)];
    for (const name of new Set([...Object.keys(had), ...Object.keys(has)])) {
      const field = { ...place, name: `${place.name}.${name}` };
      const say = noteAt(field);
      if (!has[name]) say("field-removed", "breaking", "is gone");
      else if (!had[name]) {
        const isDemanded = place.side === "request" && needs.has(name);
        say("field-added", isDemanded ? "breaking" : "compatible", isDemanded ? "is new, and required" : "is new");
      } else {
        if (!needed.has(name) && needs.has(name)) say("field-required", "narrowed", place.side === "request" ? "is required" : "is always there");
        if (needed.has(name) && !needs.has(name)) say("field-optional", "widened", place.side === "request" ? "may be left out" : "may be missing");
        compare(had[name], has[name], field);
      }
    }
  }

  /** What stands beside the values: the default, what it is for, whether it goes away. */
  function annotate(old: Schema, young: Schema, place: SchemaPlace): void {
    const say = noteAt(place);
    if (place.side === "request" && !isDeepStrictEqual(old["default"], young["default"])) {
      if (!("default" in old)) say("default-added", "compatible", `is ${show(young["default"])} when it is left out`);
      else if (!("default" in young)) say("default-removed", "breaking", `has no default any more, which was ${show(old["default"])}`);
      else say("default-changed", "breaking", `is ${show(young["default"])} when it is left out, and no more ${show(old["default"])}`);
    }
    if (Boolean(old["deprecated"]) !== Boolean(young["deprecated"])) {
      if (young["deprecated"]) say("field-deprecated", "compatible", "is deprecated");
      else say("field-undeprecated", "compatible", "is deprecated no more");
    }
    if (["title", "description", "examples", "example"].some((keyword) => !isDeepStrictEqual(old[keyword], young[keyword]))) say("described", "documentation", "is described otherwise");
  }

  function noteAt(place: SchemaPlace): NoteSchema {
    return (kind, effect, says) => {
      const isHarm = effect === (place.side === "request" ? "narrowed" : "widened");
      const level = effect === "narrowed" || effect === "widened" ? (isHarm ? "breaking" : "compatible") : effect;
      note({ kind, level, place: place.name, side: kind === "described" ? null : place.side, says }, place.operation);
    };
  }
}

/** Of answers that the contract calls open, clients expect what they do not know. */
function openOr(old: Schema, { side }: SchemaPlace, effect: Effect): Effect {
  return side === "answer" && old["x-open"] === true ? "compatible" : effect;
}

const tagOf = (schema: Schema): unknown => (schema["discriminator"] as { propertyName?: string } | undefined)?.propertyName;
const isSchema = (value: unknown): value is Schema => typeof value === "object" && value !== null;

/** A value as the contract has it. */
const show = (value: unknown): string => `\`${JSON.stringify(value)}\``;
