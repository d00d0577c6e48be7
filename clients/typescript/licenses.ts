import { existsSync } from "node:fs";
import { readFile, readdir } from "node:fs/promises";
import { join, resolve } from "node:path";

const modules = resolve(import.meta.dirname, "../../node_modules");

/** The npm packages that files lie in, by the files' paths: of an esbuild metafile or of a source map. */
export function packagesOf(files: Iterable<string>): Set<string> {
  // With pnpm the last `node_modules` of a path is the package's own.
  const names = Array.from(files, (file) => [...file.matchAll(/node_modules\/((?:@[^/]+\/)?[^/.][^/]*)/g)].at(-1)?.[1]);
  return new Set(names.filter((name) => name !== undefined));
}

/** What the licenses of bundled packages ask for: each with its text, in the order of their names. */
export async function licensesOf(names: Iterable<string>): Promise<string> {
  const parts = await Promise.all([...new Set(names)].toSorted().map(async (name) => `${name}\n\n${await licenseOf(name)}`));
  return parts.join("\n\n---\n\n") + "\n";
}

/** The text; of a package without one, what its manifest says; of one that only somebody else's bundle has, where it is told. */
async function licenseOf(name: string): Promise<string> {
  const folder = join(modules, name);
  if (!existsSync(folder)) return "Its license is in the npm package of this name.";
  const files = (await readdir(folder)).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
  if (files.length > 0) return (await Promise.all(files.map((file) => readFile(join(folder, file), "utf8")))).map((text) => text.trim()).join("\n\n");
  const { license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as { license?: string };
  if (license === undefined) throw new Error(`${name} does not say under which license it is, so it cannot be bundled`);
  return `License: ${license}`;
}
