import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compile, formatDiagnostic, NodeHost, resolveCompilerOptions } from "@typespec/compiler";
import { parse } from "yaml";
import type { OpenapiDocument } from "./document.ts";
import { root } from "./paths.ts";

/** The contract as TypeSpec's own emitter writes it, in each version of OpenAPI. */
export interface CompiledSpec {
  v30: OpenapiDocument;
  v31: OpenapiDocument;
  v32: OpenapiDocument;
}

/** Compiles a file of the spec with all that it imports. Ends the process with the compiler's messages when it does not compile. */
export async function compileSpec(file: string): Promise<CompiledSpec> {
  const outputDir = await mkdtemp(join(tmpdir(), "openclaw-spec-"));
  try {
    const entrypoint = join(root, file);
    const [options, problems] = await resolveCompilerOptions(NodeHost, {
      cwd: root,
      entrypoint,
      configPath: join(root, "spec/tspconfig.yaml"),
      overrides: { outputDir },
    });
    const program = await compile(NodeHost, entrypoint, options);
    const diagnostics = [...problems, ...program.diagnostics];
    for (const diagnostic of diagnostics) console.error(formatDiagnostic(diagnostic));
    // Warnings count as well: each is something a reader of the contract would stumble over.
    if (diagnostics.length > 0) process.exit(1);
    return { v30: await read(outputDir, "3.0.0"), v31: await read(outputDir, "3.1.0"), v32: await read(outputDir, "3.2.0") };
  } finally {
    await rm(outputDir, { recursive: true, force: true });
  }
}

async function read(outputDir: string, version: string): Promise<OpenapiDocument> {
  return parse(await readFile(join(outputDir, version, `openapi-${version}.yaml`), "utf8")) as OpenapiDocument;
}
