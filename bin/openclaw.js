#!/usr/bin/env -S node --max-semi-space-size=16 --no-parallel-scavenge
// V8's young heap grows to 16 MB at most, a quarter of what V8 allows itself: each of many open streams then keeps 40 KB
// of memory instead of 60. One thread collects it: it is too small for several, whose helpers took more CPU than they
// spared the main thread (30 µs a turn against 10).

// What npm puts on the path. Plain JavaScript without static imports of ours, so that any Node can say what it lacks.
import { existsSync, readFileSync } from "node:fs";

const root = new URL("../", import.meta.url);
const needed = JSON.parse(readFileSync(new URL("package.json", root), "utf8")).engines.node.replace(">=", "");
if (process.versions.node.localeCompare(needed, undefined, { numeric: true }) < 0) {
  console.error(`OpenClaw needs Node ${needed} or newer, and this is ${process.versions.node}. npm can bring one along, beside it: npm install node@24`);
  process.exit(1);
}

// The repository runs its source, the package what was built of it.
const source = new URL("server/cli/openclaw.ts", root);
await import(existsSync(source) ? source : new URL("dist/openclaw.js", root));
