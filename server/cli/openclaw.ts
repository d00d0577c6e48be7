import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";
import { packageFile } from "../package-files.ts";

// Compiled code and stripped types are kept from start to start, beside the packages they belong with: that halves the
// time to start, and the compiler need not even be loaded. Where it cannot be written, it is done without.
enableCompileCache(fileURLToPath(packageFile("node_modules/.cache/openclaw")));

const { run } = await import("./program.ts");
await run();
