/**
 * `npm run generate`: compiles the contract and writes everything that is made from it into `generated/`, which is wiped
 * first. Each step is a file beside this one; this one says the order.
 */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { buildPages } from "../../clients/web/build.ts";
import { root } from "./paths.ts";
import { compileSpec } from "./compile-spec.ts";
import { finishSchemas, writeOpenapi } from "./openapi.ts";
import { writeAsyncapi } from "./asyncapi.ts";
import { writeFrames } from "./frames.ts";
import { writeHandlers } from "./handlers.ts";
import { writeRoutes } from "./routes.ts";
import { writeValidators } from "./validators.ts";
import { writeExamples } from "./examples.ts";
import { writeConformance } from "./conformance.ts";
import { writeOperationsList } from "./operations-list.ts";
import { writeClients } from "./clients.ts";
import { writeClientOperations } from "./client-operations.ts";
import { generateSettings } from "./settings.ts";
import { listOperations } from "./operations.ts";
import { writeDocs } from "./docs/write-docs.ts";

const generated = join(root, "generated");
const startedAt = performance.now();

const documents = await compileSpec("spec/main.tsp");
const frames = (await compileSpec("spec/frames/main.tsp")).v31;
await rm(generated, { recursive: true, force: true });
for (const folder of ["server", "validators", "clients"]) await mkdir(join(generated, folder), { recursive: true });

const contract = await writeOpenapi(documents, generated);
finishSchemas(frames);
const operations = listOperations(contract);
await Promise.all([
  writeOperationsList(operations, generated),
  writeHandlers(operations, generated),
  writeRoutes(operations, generated),
  writeExamples(contract, operations, generated),
  writeConformance(contract, operations, generated),
  writeValidators(contract, operations, generated),
  writeClients(generated),
  writeClientOperations(operations, generated),
  writeFrames(frames, generated),
  writeAsyncapi(frames, generated).then((asyncapi) => writeDocs(contract, operations, asyncapi, generated)),
  generateSettings(generated),
]);
// With the types alone of the client that was just written: its code is small and written by hand.
await buildPages(join(generated, "web"));

console.log(`generated ${operations.length} operations in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
