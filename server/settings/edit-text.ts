import { isDeepStrictEqual } from "node:util";
import json5 from "json5";
import { parse as parseYaml } from "yaml";
import { editJson5 } from "./edit-json5.ts";
import { editYaml } from "./edit-yaml.ts";

/**
 * The text of a settings file changed so that it means `next`, a tree of JSON values. Only what differs is touched: comments,
 * order, quoting and formatting of the rest stay, and a text that means `next` already stays as it is, byte by byte.
 * Throws where `text` cannot be parsed. Imported only when something is changed: the parsers are not needed to start.
 */
export function editText(format: "json5" | "yaml", text: string, next: unknown): string {
  const parse = format === "json5" ? json5.parse : parseYaml;
  const edited = format === "json5" ? editJson5(text, next) : editYaml(text, next);
  // Better nothing written than settings that mean something else.
  if (!isDeepStrictEqual(parse(edited), next)) throw new Error("The file cannot be changed without changing what else it says. Change it by hand.");
  return edited;
}
