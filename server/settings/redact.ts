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
  return cover(value, () => redacted);
}

/** The secrets that `redact` would cover. */
export function secretsOf(value: unknown): string[] {
  const found: string[] = [];
  cover(value, (secret) => {
    found.push(String(secret));
    return redacted;
  });
  return found;
}

/** Says what stands in a secret's place. */
type Cover = (secret: unknown) => string;

function cover(value: unknown, by: Cover): unknown {
  if (Array.isArray(value)) return value.map((inner) => cover(inner, by));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, coverMember(name, inner, by)]));
}

/** The folded settings' names for what the file calls differently. */
const foldedMembers: Readonly<Record<string, "all" | "url">> = { ownerTokens: "all" };

function coverMember(name: string, value: unknown, by: Cover): unknown {
  const kind = Object.hasOwn(secretMembers, name) ? secretMembers[name] : Object.hasOwn(foldedMembers, name) ? foldedMembers[name] : undefined;
  if (kind === undefined) return cover(value, by);
  return kind === "all" ? coverAll(value, by) : coverUrl(value, by);
}

/** All of it, down to the last string: secrets may come as lists or by name. */
function coverAll(value: unknown, by: Cover): unknown {
  if (Array.isArray(value)) return value.map((inner) => coverAll(inner, by));
  if (typeof value === "object" && value !== null) return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, coverAll(inner, by)]));
  if (value === null || value === undefined || value === "" || (typeof value === "string" && /^\$\{\w+\}$/.test(value))) return value;
  return by(value);
}

/** The password and the values of the query. */
function coverUrl(value: unknown, by: Cover): unknown {
  if (typeof value !== "string") return cover(value, by);
  return value
    // To the last @, since a password may hold what should have been encoded.
    .replace(/^([a-z][a-z0-9+.-]*:\/\/[^/?#:@]*):(.*)@/i, (_, head: string, password: string) => `${head}:${by(password)}@`)
    .replaceAll(/([?&][^=&#]*=)([^&#]*)/g, (_, head: string, query: string) => head + by(query));
}
