import { secretMembers } from "../../generated/server/settings.ts";

/** What stands in the place of a secret. */
export const redacted = "[redacted]";

/**
 * A copy without secrets, of settings in the file's shape, in the folded one, or of any part of either.
 *
 * Secrets are found by the name of their member, as the schema marks it (`x-secret`), so a part needs no context and a key
 * that is not known yet but has a secret's name is covered too. Empty strings and null stay, since they say that nothing is set,
 * and so does a reference such as `${NAME}`, which is no secret.
 */
export function redact(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(redact);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, redactMember(name, inner)]));
}

/** The folded settings' names for what the file calls differently. */
const foldedMembers: Readonly<Record<string, "all" | "url">> = { ownerTokens: "all" };

function redactMember(name: string, value: unknown): unknown {
  const kind = Object.hasOwn(secretMembers, name) ? secretMembers[name] : Object.hasOwn(foldedMembers, name) ? foldedMembers[name] : undefined;
  if (kind === undefined) return redact(value);
  return kind === "all" ? mask(value) : maskUrl(value);
}

/** All of it, down to the last string: secrets may come as lists or by name. */
function mask(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(mask);
  if (typeof value === "object" && value !== null) return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, mask(inner)]));
  if (value === null || value === undefined || value === "" || (typeof value === "string" && /^\$\{\w+\}$/.test(value))) return value;
  return redacted;
}

/** The password and the values of the query. */
function maskUrl(value: unknown): unknown {
  if (typeof value !== "string") return redact(value);
  return value
    // To the last @, since a password may hold what should have been encoded.
    .replace(/^([a-z][a-z0-9+.-]*:\/\/[^/?#:@]*):.*@/i, `$1:${redacted}@`)
    .replaceAll(/([?&][^=&#]*=)[^&#]*/g, `$1${redacted}`);
}
