/**
 * Builds a package into its `dist/`, which is what is published: `npm publish clients/typescript/sdk/dist`.
 *
 * In the repository a package's `exports` name its TypeScript source, so that tests and the command line run it as it
 * stands; `publishConfig.exports` name what is in `dist/`, and take their place in the manifest there. The dependencies
 * are bundled: the package has none at run time, and a browser can import it as it is.
 */
import { execFileSync } from "node:child_process";
import { copyFile, cp, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import { licensesOf, packagesOf } from "./licenses.ts";

interface Manifest {
  name: string;
  private?: boolean;
  scripts?: unknown;
  exports: Record<string, string>;
  publishConfig?: { access: string; exports: Record<string, unknown> };
}

const repository = resolve(import.meta.dirname, "../..");

/** Builds the package in `folder` into `dist`. */
export async function buildPackage(folder: string, dist = join(folder, "dist")): Promise<void> {
  const manifest = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as Manifest;
  const sources = Object.values(manifest.exports).map((path) => join(folder, path));
  await rm(dist, { recursive: true, force: true });
  const { metafile } = await build({
    entryPoints: sources,
    outdir: dist,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "neutral",
    mainFields: ["module", "main"],
    target: ["node20", "es2022"],
    sourcemap: true,
    metafile: true,
    absWorkingDir: repository,
  });
  await writeDeclarations(sources, join(dist, "types"));
  await writeManifest(manifest, dist);
  await copyFile(join(folder, "README.md"), join(dist, "README.md"));
  await copyFile(join(repository, "LICENSE"), join(dist, "LICENSE"));
  await writeFile(join(dist, "THIRD-PARTY-LICENSES.txt"), await licensesOf(packagesOf(Object.keys(metafile.inputs))));
}

/** Declarations lie as the sources do in the repository, and name each other with `.js`, as every consumer understands it. */
async function writeDeclarations(sources: string[], types: string): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), "openclaw-build-"));
  const out = join(work, "out");
  try {
    const config = {
      extends: join(repository, "tsconfig.json"),
      compilerOptions: { noEmit: false, declaration: true, emitDeclarationOnly: true, stripInternal: true, rootDir: repository, outDir: out, typeRoots: [join(repository, "node_modules/@types")] },
      include: [],
      files: sources,
    };
    await writeFile(join(work, "tsconfig.json"), JSON.stringify(config));
    execFileSync(process.execPath, [join(repository, "node_modules/typescript-native/bin/tsc"), "-p", join(work, "tsconfig.json")], { stdio: "inherit" });
    for (const path of await readdir(out, { recursive: true })) {
      if (!path.endsWith(".d.ts")) continue;
      const text = await readFile(join(out, path), "utf8");
      await writeFile(join(out, path), text.replaceAll(/(from |import\()(["'])(\.[^"']*)\.ts\2/g, "$1$2$3.js$2"));
    }
    await cp(out, types, { recursive: true });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function writeManifest({ private: _private, scripts: _scripts, publishConfig, ...manifest }: Manifest, dist: string): Promise<void> {
  if (!publishConfig) throw new Error(`${manifest.name} does not say what it publishes: \`publishConfig\` is missing`);
  const { exports, ...rest } = publishConfig;
  await writeFile(join(dist, "package.json"), `${JSON.stringify({ ...manifest, exports, publishConfig: rest }, null, 2)}\n`);
}

if (import.meta.main) for (const folder of process.argv.slice(2)) await buildPackage(resolve(folder));
