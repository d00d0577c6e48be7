import { tokensOf } from "./json5-source.ts";

/** How a text is written, for what is added to it. */
export interface Json5Style {
  newline: string;
  /** One step of indentation. */
  unit: string;
  quote: '"' | "'";
  /** Whether keys that can do without quotes have none. */
  hasBareKeys: boolean;
  hasTrailingCommas: boolean;
}

/** Of a text without examples: as plain JSON, which every other program can read. */
export function styleOf(text: string): Json5Style {
  const tokens = tokensOf(text);
  const keys = tokens.filter((_, index) => tokens[index + 1]?.token === ":");
  const string = tokens.find(({ token }) => /^["']/.test(token));
  return {
    newline: text.includes("\r\n") ? "\r\n" : "\n",
    unit: /^([ \t]+)["'\w$[{]/m.exec(text)?.[1] ?? "  ",
    quote: string?.token.startsWith("'") ? "'" : '"',
    hasBareKeys: keys.some(({ token }) => !/^["']/.test(token)),
    hasTrailingCommas: tokens.some(({ token }, index) => token === "," && /^[}\]]$/.test(tokens[index + 1]?.token ?? "")),
  };
}

/** A value as text, on one line where `indent` is null, else on lines after one that is indented so. */
export function writeJson5(value: unknown, style: Json5Style, indent: string | null): string {
  if (typeof value === "string") return writeString(value, style);
  if (Array.isArray(value)) {
    const line = `[${value.map((item) => writeJson5(item, style, null)).join(", ")}]`;
    const isShort = line.length <= 100 && value.every((item) => typeof item !== "object" || item === null);
    return isShort || indent === null ? line : onLines("[", value, "]", (item, inner) => writeJson5(item, style, inner), style, indent);
  }
  if (typeof value !== "object" || value === null) return Object.is(value, -0) ? "-0" : String(value);
  const members = Object.entries(value);
  const write = ([key, inner]: [string, unknown], at: string | null): string => `${writeKey(key, style)}: ${writeJson5(inner, style, at)}`;
  if (members.length === 0) return "{}";
  return indent === null ? `{ ${members.map((member) => write(member, null)).join(", ")} }` : onLines("{", members, "}", write, style, indent);
}

export function writeKey(key: string, style: Json5Style): string {
  return style.hasBareKeys && /^[A-Za-z_$][\w$]*$/.test(key) ? key : writeString(key, style);
}

function onLines<Item>(open: string, items: Item[], close: string, write: (item: Item, indent: string) => string, { newline, unit, hasTrailingCommas }: Json5Style, indent: string): string {
  const inner = indent + unit;
  const lines = items.map((item) => newline + inner + write(item, inner)).join(",");
  return `${open}${lines}${hasTrailingCommas ? "," : ""}${newline}${indent}${close}`;
}

function writeString(text: string, { quote }: Json5Style): string {
  const json = JSON.stringify(text);
  return quote === '"' ? json : `'${json.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}
