/**
 * Where the files are that the gateway brings along. In the repository it runs from its source; the npm package has that bundled
 * into `dist/` (see build.ts), and the other files where the repository has them. This file lies a folder below the root in both.
 */
import { readFileSync } from "node:fs";
import { basename } from "node:path";

const root = new URL("../", import.meta.url);
const isBuilt = !import.meta.url.endsWith(".ts");

/** A file or, with a slash at the end, a folder, by its path in the repository. `files` of package.json must name it, too. */
export function packageFile(path: string): URL {
  return new URL(path, root);
}

/** A module that runs in a thread of its own, by its path in the repository. It must be one of build.ts's entries. */
export function threadFile(path: string): URL {
  return packageFile(isBuilt ? `dist/${basename(path, ".ts")}.js` : path);
}

/** A file of a development dependency, as in `package/path`. It must be one that build.ts copies. */
export function vendoredFile(path: string): URL {
  return packageFile(`${isBuilt ? "dist/vendor" : "node_modules"}/${path}`);
}

/** What package.json says. */
export const { version, engines } = JSON.parse(readFileSync(packageFile("package.json"), "utf8")) as { version: string; engines: { node: string } };
