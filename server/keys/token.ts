import { hash, randomBytes } from "node:crypto";

export type TokenPrefix = (typeof prefixes)[number];

const prefixes = ["oc_tok_", "oclaw_live_", "sk-openclaw-"] as const;

/** A new secret, with 192 random bits. */
export function newToken(prefix: TokenPrefix): string {
  return prefix + randomBytes(24).toString("base64url");
}

/** Tokens are random, so a fast hash is enough; they are looked up by it, and so never compared byte by byte. */
export function hashToken(token: string): string {
  return hash("sha256", token, "hex");
}

/** What may be shown of a token. Of a short one, which somebody has thought of, four characters would be too many. */
export function shownParts(token: string): { prefix: TokenPrefix | ""; lastFour: string } {
  const prefix = prefixes.find((known) => token.startsWith(known)) ?? "";
  return { prefix, lastFour: token.length - prefix.length >= 16 ? token.slice(-4) : "" };
}
