import type { Operation } from "../operations.ts";
import type { RenderedPage } from "./render.ts";

/** What the search looks through, as JSON: for each place its title, where that is, its address, and the words there. One a line. */
export function searchIndex(pages: readonly RenderedPage[], operations: readonly Operation[]): string {
  const ofPages = pages.flatMap(({ name, title, sections }) => sections.map(({ id, heading, text }) => [heading, id === "" ? "" : title, `/docs/${name}${id === "" ? "" : `#${id}`}`, text]));
  const ofOperations = operations.map(({ id, group, method, path, raw }) => [raw.summary ?? id, `${method} ${path}`, `/docs${anchorOf(group, method, path)}`, `${id} ${raw.description ?? ""}`.replaceAll(/\s+/g, " ")]);
  return `[\n${[...ofPages, ...ofOperations].map((entry) => JSON.stringify(entry)).join(",\n")}\n]`;
}

/** Where Scalar has an operation. */
const anchorOf = (group: string, method: string, path: string) => `#tag/${group.toLowerCase()}/${method}${path}`;
