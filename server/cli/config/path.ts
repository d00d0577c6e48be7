/** A path into the settings that leads nowhere. `message` says to where it leads. */
export class PathError extends Error {
  override readonly name = "PathError";
}

/** The keys of `a.b.0`, or of a JSON pointer (RFC 6901) `/a/b/0`. */
export function parsePath(path: string): string[] {
  const keys = path.startsWith("/") ? path.slice(1).split("/").map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~")) : path.split(".");
  if (path === "" || keys.includes("")) throw new PathError(`"${path}" is no path. One looks like gateway.port, or /gateway/port.`);
  if (keys.includes("__proto__")) throw new PathError("__proto__ is not allowed as a key.");
  return keys;
}

/** What is at the path. Throws a PathError when nothing is. */
export function getAt(value: unknown, keys: readonly string[]): unknown {
  let at = value;
  for (const [index, key] of keys.entries()) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, key) || (Array.isArray(at) && key === "length")) throw new PathError(`${keys.slice(0, index + 1).join(".")} is not set.`);
    at = (at as Record<string, unknown>)[key];
  }
  return at;
}

/** A copy with a value at the path; objects on the way are made. Throws a PathError where a list or a value is in the way. */
export function setAt(value: unknown, keys: readonly string[], next: unknown): unknown {
  return place(value, keys, 0, next);
}

/** A copy without what is at the path. Throws a PathError when nothing is. */
export function unsetAt(value: unknown, keys: readonly string[]): unknown {
  const parentKeys = keys.slice(0, -1);
  const key = keys.at(-1)!;
  getAt(value, keys);
  const parent = getAt(value, parentKeys) as object;
  const rest = Array.isArray(parent) ? parent.filter((_, index) => index !== Number(key)) : Object.fromEntries(Object.entries(parent).filter(([name]) => name !== key));
  return setAt(value, parentKeys, rest);
}

function place(value: unknown, keys: readonly string[], depth: number, next: unknown): unknown {
  const key = keys[depth];
  if (key === undefined) return next;
  if (Array.isArray(value)) {
    const index = key === "-" ? value.length : /^\d+$/.test(key) ? Number(key) : value.length + 1;
    if (index > value.length) throw new PathError(`${name(keys, depth)} is a list of ${value.length}: ${key} is none of its places, and not the next one.`);
    return value.toSpliced(index, 1, place(value[index], keys, depth + 1, next));
  }
  if (value !== undefined && (typeof value !== "object" || value === null)) throw new PathError(`${name(keys, depth)} is a value, and has no ${key}.`);
  const members = (value ?? {}) as Record<string, unknown>;
  const old = Object.hasOwn(members, key) ? members[key] : undefined;
  return { ...members, [key]: place(old, keys, depth + 1, next) };
}

function name(keys: readonly string[], depth: number): string {
  return depth === 0 ? "The file" : keys.slice(0, depth).join(".");
}
