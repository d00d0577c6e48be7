#!/usr/bin/env -S node --max-semi-space-size=16 --no-parallel-scavenge
// V8's young heap grows to 16 MB at most, a quarter of what V8 allows itself: each of many open streams then keeps 40 KB
// of memory instead of 60. One thread collects it: it is too small for several, whose helpers took more CPU than they
// spared the main thread (30 µs a turn against 10).
import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";

// Compiled code and stripped types are kept from start to start, beside the packages they belong with: that halves the
// time to start, and the compiler need not even be loaded. Where it cannot be written, it is done without.
enableCompileCache(fileURLToPath(new URL("../../node_modules/.cache/openclaw", import.meta.url)));

const { run } = await import("./program.ts");
await run();
