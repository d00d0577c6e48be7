import { engines } from "../package-files.ts";
import { type Finding, ok, problem } from "./finding.ts";

/** Whether this Node is new enough. */
export function checkNode(_examination: unknown, running = process.versions.node): Finding[] {
  const needed = engines.node.replace(/^>=/, "");
  return [running.localeCompare(needed, undefined, { numeric: true }) < 0 ? problem(`Node is ${running}, and the gateway needs ${needed} or newer.`, "Start the gateway with `npm start`, which brings its own Node along.") : ok(`Node is ${running}.`)];
}
