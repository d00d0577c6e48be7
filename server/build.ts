/**
 * Builds what the npm package has in `dist/`: the server as JavaScript, since Node strips no types below `node_modules`, in few
 * files, which start faster than the many of the source. Its dependencies stay outside, but for the clients of this repository and
 * what `vendored` names. What else the package has, `files` in package.json names; `npm pack` does both.
 */
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { dirname, join, resolve } from "node:path";
import { build, type Metafile } from "esbuild";
import { licensesOf, packagesOf } from "../clients/typescript/licenses.ts";

const repository = resolve(import.meta.dirname, "..");

/** The command line, and what runs in a thread. */
const entries = ["server/cli/openclaw.ts", "server/tools/builtin/run-code-worker.ts"];

/** One file each, out of development dependencies: installed with its own dependencies, the reference would be 300 MB. */
const vendored = ["@scalar/api-reference/dist/browser/standalone.js"];

/** Builds into a folder, `dist` of the package; it must lie right below it. */
export async function buildGateway(dist: string): Promise<void> {
  await rm(dist, { recursive: true, force: true });
  const { metafile } = await build({
    entryPoints: entries,
    entryNames: "[name]",
    outdir: dist,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node24",
    packages: "external",
    alias: { "@openclaw/sdk": "./clients/typescript/sdk/src/index.ts" },
    metafile: true,
    absWorkingDir: repository,
  });
  await checkImports(metafile);
  for (const file of vendored) {
    await mkdir(dirname(join(dist, "vendor", file)), { recursive: true });
    await copyFile(join(repository, "node_modules", file), join(dist, "vendor", file));
  }
  await writeFile(join(dist, "THIRD-PARTY-LICENSES.txt"), await licensesOf(await bundledPackages()));
}

/** Whoever installs the package has its dependencies, and nothing that the repository happens to have. */
async function checkImports({ outputs }: Metafile): Promise<void> {
  const { dependencies } = JSON.parse(await readFile(join(repository, "package.json"), "utf8")) as { dependencies: Record<string, string> };
  const imported = Object.values(outputs).flatMap(({ imports }) => imports.filter(({ external }) => external === true).map(({ path }) => path));
  const missing = imported.filter((path) => !isBuiltin(path) && !((/^(@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? path) in dependencies));
  if (missing.length > 0) throw new Error(`The server imports what package.json has not among its dependencies: ${[...new Set(missing)].join(", ")}`);
}

/** Those whose code is in the pages (`generated/web`), the validators, or a vendored file, as its source map says. */
async function bundledPackages(): Promise<Set<string>> {
  const pages = ["dompurify", "marked", "openapi-fetch", "preact", "uplot"];
  // The reference's own license is not in its package, but in those of its parts.
  const names = new Set(["ajv", "@scalar/types", ...pages]);
  for (const file of vendored) {
    const { sources } = JSON.parse(await readFile(join(repository, "node_modules", `${file}.map`), "utf8")) as { sources: string[] };
    for (const name of packagesOf([`node_modules/${file}`, ...sources])) names.add(name);
  }
  return names;
}

if (import.meta.main) await buildGateway(join(repository, "dist"));
