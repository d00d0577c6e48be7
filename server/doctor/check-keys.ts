import { dayMs } from "../durations.ts";
import type { Examination } from "./examination.ts";
import { type Finding, ok, warning } from "./finding.ts";
import { readStoredKeys, type StoredKey } from "./stored-keys.ts";

/** The conversations edition: "Rotate Tokens regularly: replace every 90 days". */
const rotateAfterMs = 90 * dayMs;
const expiresSoonMs = 14 * dayMs;
/** A key that nobody has used for so long after it was made is a key that nobody misses. */
const unusedAfterMs = 7 * dayMs;

/** Keys that are old, end soon, or are more than anybody needs. */
export function checkKeys({ settings, now }: Pick<Examination, "settings" | "now">): Finding[] {
  if (settings === null || !settings.auth.enabled) return [];
  const stored = readStoredKeys(settings.storage.url).filter(({ revokedAt }) => revokedAt === null);
  const findings = [
    ...settings.auth.keys.flatMap(({ label, id, expiresAt }) => checkExpiry(`${label} (${id}, in the settings)`, expiresAt, now)),
    ...stored.flatMap((key) => checkStored(key, now)),
  ];
  const count = settings.auth.keys.length + stored.length;
  return findings.length > 0 ? findings : [ok(count === 0 ? "There are no keys besides the owner's token." : `All ${count} keys are new enough and in use.`)];
}

function checkStored(key: StoredKey, now: number): Finding[] {
  const name = `${key.label} (${key.id})`;
  const expiry = checkExpiry(name, key.expiresAt, now);
  const days = Math.floor((now - key.createdAt) / dayMs);
  const isOld = now - key.createdAt > rotateAfterMs;
  const isUnused = key.isAdmin && key.lastUsedAt === null && now - key.createdAt > unusedAfterMs;
  return [
    ...expiry,
    ...(isOld ? [warning(`The key ${name} is ${days} days old.`, "Rotate it: make a new one, give it to who uses this one, then revoke this one.")] : []),
    ...(isUnused ? [warning(`The key ${name} may do everything, and has never been used.`, "Revoke it.")] : []),
  ];
}

function checkExpiry(name: string, expiresAt: number | null, now: number): Finding[] {
  if (expiresAt === null || expiresAt - now > expiresSoonMs) return [];
  const day = new Date(expiresAt).toISOString().slice(0, 10);
  if (expiresAt <= now) return [warning(`The key ${name} has expired on ${day}, and is refused.`, "Remove it, or make a new one for who uses it.")];
  return [warning(`The key ${name} expires on ${day}.`, "Make a new one for who uses it before that day.")];
}
