import { createHmac, randomBytes } from "node:crypto";
import { mapSecrets } from "./redact.ts";
import type { Fault } from "./settings-error.ts";

/** Shows settings without their secrets, and puts the secrets back into what comes of that. */
export interface Placeholders {
  /** A copy with `[redacted:<mark>]` in the place of each secret. */
  hide(settings: unknown): unknown;
  /** A copy with the secrets that the current settings have in the place of their placeholders; a fault for each that stands for none. */
  restore(settings: unknown, current: unknown): { value: unknown; faults: Fault[] };
  /** A name for a text that says nothing of it, stable as long as this process lives. */
  markOf(text: string): string;
}

/**
 * A placeholder's mark is a keyed hash of its secret, not its place: in a list that was put into another order each secret
 * still goes to the entry that it was read from. Nobody can try guesses against it, since the key dies with the process.
 */
export function createPlaceholders(): Placeholders {
  const key = randomBytes(32);
  const markOf = (text: string) => createHmac("sha256", key).update(text).digest("hex").slice(0, 16);
  const placeholderOf = (secret: unknown) => `[redacted:${markOf(String(secret)).slice(0, 12)}]`;

  return {
    markOf,
    hide: (settings) => mapSecrets(settings, placeholderOf),
    restore(settings, current) {
      const secrets = new Map<string, unknown>();
      mapSecrets(current, (secret) => secrets.set(placeholderOf(secret), secret));
      const faults: Fault[] = [];
      // Only where a secret may stand: anywhere else it would be read in the clear afterwards.
      const value = mapSecrets(settings, (written, path) => {
        if (typeof written !== "string" || !/\[redacted(:\w*)?\]/.test(written)) return written;
        if (!secrets.has(written)) faults.push({ path, message: "stands for no secret that the settings have. Read the settings again, or write the secret itself." });
        return secrets.get(written) ?? written;
      });
      return { value, faults };
    },
  };
}
