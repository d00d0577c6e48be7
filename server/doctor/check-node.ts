import { readFileSync } from "node:fs";
import { type Finding, ok, problem } from "./finding.ts";

const { engines } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { engines: { node: string } };

/** Whether this Node is new enough. */
export function checkNode(_examination: unknown, running = process.versions.node): Finding[] {
  const needed = engines.node.replace(/^>=/, "");
  return [isOlder(running, needed) ? problem(`Node is ${running}, and the gateway needs ${needed} or newer.`, "Start the gateway with `npm start`, which brings its own Node along.") : ok(`Node is ${running}.`)];
}

function isOlder(version: string, than: string): boolean {
  const [parts, others] = [version, than].map((text) => text.split(".").map(Number)) as [number[], number[]];
  const index = others.findIndex((other, at) => other !== (parts[at] ?? 0));
  return index >= 0 && (parts[index] ?? 0) < others[index]!;
}
