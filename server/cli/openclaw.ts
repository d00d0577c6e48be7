#!/usr/bin/env -S node --max-semi-space-size=16
// The bound on V8's young heap is what it has by itself, said aloud: only then does it give the memory back that many
// open streams have taken (60 against 40 KB each).
import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";

// Compiled code and stripped types are kept from start to start, beside the packages they belong with: that halves the
// time to start, and the compiler need not even be loaded. Where it cannot be written, it is done without.
enableCompileCache(fileURLToPath(new URL("../../node_modules/.cache/openclaw", import.meta.url)));

const { run } = await import("./program.ts");
await run();
