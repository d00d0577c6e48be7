import { below } from "./pointer.ts";
import type { Fault } from "./settings-error.ts";

/**
 * A copy of the parsed file in which `${NAME}` within strings is the environment's value, and `$${` a plain `${`.
 *
 * `used` has the values that were put in, with the variables' names, so that no message needs to show them.
 *
 * A missing variable is a fault, but not within an object that says `enabled: false`: what is off need not be complete. A
 * string there that needs a missing variable becomes empty as a whole, so that nothing guessable is left of it.
 */
export function substitute(parsed: unknown, env: NodeJS.ProcessEnv): { value: unknown; faults: Fault[]; used: ReadonlyMap<string, string> } {
  const faults: Fault[] = [];
  const used = new Map<string, string>();

  function copy(value: unknown, pointer: string, isOff: boolean): unknown {
    if (typeof value === "string") return fill(value, pointer, isOff);
    if (Array.isArray(value)) return value.map((item, index) => copy(item, below(pointer, index), isOff));
    if (typeof value !== "object" || value === null) return value;
    const isOffHere = isOff || (Object.hasOwn(value, "enabled") && (value as { enabled?: unknown }).enabled === false);
    const result: Record<string, unknown> = {};
    for (const [key, inner] of Object.entries(value)) {
      // Such keys would not be values of the object but change what it is.
      if (key === "__proto__" || key === "constructor" || key === "prototype") faults.push({ path: below(pointer, key), message: "is not allowed as a key." });
      else result[key] = copy(inner, below(pointer, key), isOffHere);
    }
    return result;
  }

  function fill(text: string, pointer: string, isOff: boolean): string {
    if (!text.includes("${")) return text;
    let isComplete = true;
    const filled = text.replaceAll(/\$\$\{|\$\{([^}]*)\}/g, (match, name: string | undefined) => {
      if (name === undefined) return "${";
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
        faults.push({ path: pointer, message: `has \${…} around what is no variable's name. Write $\${ for a plain \${.` });
        return match;
      }
      const value = env[name];
      if (value !== undefined) {
        used.set(value, name);
        return value;
      }
      isComplete = false;
      if (!isOff) faults.push({ path: pointer, message: `needs the environment variable ${name}, which is not set.`, variable: name });
      return match;
    });
    return isOff && !isComplete ? "" : filled;
  }

  return { value: copy(parsed, "", false), faults, used };
}
