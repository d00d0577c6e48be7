import { secretMembers } from "../../generated/server/settings.ts";
import { below } from "./pointer.ts";

/** What stands in the place of a secret where nobody needs to send it back. */
export const redacted = "[redacted]";

/** A copy without secrets, of settings in the file's shape, in the folded one, or of any part of either. */
export function redact(value: unknown): unknown {
  return mapSecrets(value, () => redacted);
}

/** Makes something else of a secret; the pointer says where it is. */
type Replace = (secret: unknown, pointer: string) => unknown;

/**
 * A copy with something else in the place of each secret.
 *
 * Secrets are found by the name of their member, as the schema marks it (`x-secret`), so a part needs no context and a key
 * that is not known yet but has a secret's name is covered too. Empty strings and null stay, since they say that nothing is set,
 * and so does a reference such as `${NAME}`, which is no secret.
 */
export function mapSecrets(value: unknown, replace: Replace, pointer = ""): unknown {
  return mapInner(value, pointer, (inner, at, name) => {
    const kind = name === null ? undefined : kindOf(name);
    if (kind === "all") return mapAll(inner, at, replace);
    if (kind === "url" && typeof inner === "string") return mapUrl(inner, at, replace);
    return mapSecrets(inner, replace, at);
  });
}

/** The secrets that `redact` would cover. */
export function secretsOf(value: unknown): string[] {
  const found: string[] = [];
  mapSecrets(value, (secret) => {
    found.push(String(secret));
    return redacted;
  });
  return found;
}

/** The folded settings' names for what the file calls differently. */
const foldedMembers: Readonly<Record<string, "all" | "url">> = { ownerTokens: "all" };

function kindOf(name: string): "all" | "url" | undefined {
  if (Object.hasOwn(secretMembers, name)) return secretMembers[name];
  return Object.hasOwn(foldedMembers, name) ? foldedMembers[name] : undefined;
}

/** All of it, down to the last string: secrets may come as lists or by name. */
function mapAll(value: unknown, pointer: string, replace: Replace): unknown {
  if (typeof value === "object") return mapInner(value, pointer, (inner, at) => mapAll(inner, at, replace));
  return value === undefined || isOpen(value) ? value : replace(value, pointer);
}

/** The password and the values of the query. */
function mapUrl(url: string, pointer: string, replace: Replace): string {
  const part = (text: string) => (isOpen(text) ? text : String(replace(text, pointer)));
  // To the last @, since a password may hold what should have been encoded.
  const [, head = "", password = "", tail = url] = /^([a-z][a-z0-9+.-]*:\/\/[^/?#:@]*:)(.*)(@.*)$/is.exec(url) ?? [];
  return head + part(password) + tail.replaceAll(/([?&][^=&#]*=)([^&#]*)/g, (_, name: string, query: string) => name + part(query));
}

const isOpen = (value: unknown) => value === "" || (typeof value === "string" && /^\$\{\w+\}$/.test(value));

function mapInner(value: unknown, pointer: string, map: (inner: unknown, at: string, name: string | null) => unknown): unknown {
  if (Array.isArray(value)) return value.map((inner, index) => map(inner, below(pointer, index), null));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, map(inner, below(pointer, name), name)]));
}
