import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Behind the first requests of whoever has waited for the start. */
const delayMs = 1000;

/**
 * Gives the memory that only the start needed back to the system, once: modules' sources, parsed settings, what was compiled. V8
 * alone would keep it, 20 MB of 135, until the gateway has had something to do for a while. Takes about 50 ms, with nobody waiting.
 */
export function giveBackMemory(): void {
  setTimeout(() => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as (options: { type: "major"; execution: "async"; flavor: "last-resort" }) => Promise<void>;
    void collect({ type: "major", execution: "async", flavor: "last-resort" });
  }, delayMs).unref();
}
