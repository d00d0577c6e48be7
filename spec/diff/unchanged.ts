import { isDeepStrictEqual } from "node:util";
import { nodes, referenceName, type Schema } from "../codegen/document.ts";

/**
 * The names of the schemas that are the same in two documents, with all that they refer to: most of them, in most comparisons.
 * To look into these for each operation that uses them is nearly all the work there would be.
 */
export function unchangedSchemas(before: Record<string, Schema>, after: Record<string, Schema>): ReadonlySet<string> {
  const unchanged = new Set(Object.keys(before).filter((name) => isDeepStrictEqual(before[name], after[name])));
  const referred = new Map([...unchanged].map((name) => [name, [...nodes(before[name])].flatMap(({ $ref }) => (typeof $ref === "string" ? [referenceName($ref)] : []))]));
  for (let size = -1; size !== unchanged.size; ) {
    size = unchanged.size;
    for (const name of unchanged) if (!referred.get(name)!.every((other) => unchanged.has(other))) unchanged.delete(name);
  }
  return unchanged;
}
