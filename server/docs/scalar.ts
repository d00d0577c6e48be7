import { createRequire } from "node:module";
import { join } from "node:path";

/** Where the script is that shows a contract. Scalar's package exports its parts but not its folder. */
export function scalarScript(): string {
  const entry = createRequire(import.meta.url).resolve("@scalar/api-reference");
  const folder = join("@scalar", "api-reference");
  return join(entry.slice(0, entry.lastIndexOf(folder)), folder, "dist/browser/standalone.js");
}
