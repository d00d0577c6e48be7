import type { Found } from "./service.ts";

/** What a model is told of an entry: a line of JSON, in which nothing that the text says can look like the end of the list. */
export function toldLine({ memory: { id, text, tags, createdAt } }: Found): string {
  const noted = new Date(createdAt).toISOString().slice(0, 10);
  return JSON.stringify({ id, noted, text, ...(tags.length > 0 && { tags }) }).replaceAll("<", "\\u003c");
}
