import { isDeepStrictEqual } from "node:util";
import { referenceName, type Schema } from "../codegen/document.ts";
import { contentsOf, remarks } from "./references.ts";

/** A schema as what it may be besides null. */
interface Split {
  members: Schema[];
  isNullable: boolean;
  /** Whether it says at all what it is; `{}` does not, and is everything. */
  isTyped: boolean;
}

/** `anyOf: [string, null]`, `type: [string, null]` and `oneOf` are one and the same here. */
export function splitNull(schema: Schema): Split {
  const union = schema.anyOf ?? schema.oneOf;
  if (union) {
    const bounds = Object.entries(schema).filter(([keyword]) => !ofTheWhole.has(keyword) && !remarks.has(keyword) && !keyword.startsWith("x-"));
    const members = union.filter(({ type }) => type !== "null").map((member) => (bounds.length > 0 ? { ...Object.fromEntries(bounds), ...member } : member));
    return { members, isNullable: members.length < union.length, isTyped: true };
  }
  const { type } = schema;
  if (!Array.isArray(type)) return { members: [schema], isNullable: type === "null", isTyped: type !== undefined || "enum" in schema || "const" in schema };
  const types = type.filter((name) => name !== "null");
  return { members: types.map((name: string) => ({ ...schema, type: name })), isNullable: types.length < type.length, isTyped: true };
}

/** What is not of each member: a discriminated union says `object` of all of them. */
const ofTheWhole: ReadonlySet<string> = new Set(["anyOf", "oneOf", "discriminator", "type"]);

/** Which member of a union has become which: by its name, its tag, its likeness, its type. */
export function pairMembers(before: readonly Schema[], after: readonly Schema[], documents: { before: object; after: object }) {
  const [removed, added] = [[...before], [...after]];
  const pairs: [Schema, Schema][] = [];
  const old = (schema: Schema) => contentsOf(schema, documents.before);
  const young = (schema: Schema) => contentsOf(schema, documents.after);
  const matches: ((one: Schema, other: Schema) => boolean)[] = [
    (one, other) => one.$ref !== undefined && one.$ref === other.$ref,
    (one, other) => isEqualText(tagIn(old(one)), tagIn(young(other))),
    (one, other) => isDeepStrictEqual(old(one), young(other)),
    (one, other) => tagIn(old(one)) === null && tagIn(young(other)) === null && isEqualText(old(one)["type"], young(other)["type"]),
  ];
  for (const match of matches) {
    for (const one of removed.slice()) {
      const other = added.find((candidate) => match(one, candidate));
      if (!other) continue;
      pairs.push([one, other]);
      removed.splice(removed.indexOf(one), 1);
      added.splice(added.indexOf(other), 1);
    }
  }
  return { pairs, removed, added };
}

/** A member as clients know it: by its tag, its name or its type. */
export function describeMember(member: Schema, document: object): string {
  const schema = contentsOf(member, document);
  const tag = tagIn(schema);
  if (tag !== null) return `\`${tag}\``;
  if (member.$ref) return `\`${referenceName(member.$ref)}\``;
  return typeof schema["type"] === "string" ? `of type ${schema["type"]}` : `\`${JSON.stringify(schema)}\``;
}

/** What tells an object from its siblings: the value of the first field that is required and has but one. */
function tagIn({ properties = {}, required = [] }: Schema): string | null {
  for (const name of required as string[]) {
    const { const: only, enum: values } = (properties[name] ?? {}) as { const?: unknown; enum?: unknown[] };
    const value = values?.length === 1 ? values[0] : only;
    if (typeof value === "string") return value;
  }
  return null;
}

const isEqualText = (one: unknown, other: unknown) => typeof one === "string" && one === other;
