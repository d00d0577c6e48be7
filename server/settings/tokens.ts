import { hash } from "node:crypto";
import type { Folding } from "./folding.ts";

/** No token is longer: whatever is gets refused before anything is made of it. In characters. */
export const longestToken = 512;

/** Whether a token can be used. Says so when it cannot, and warns of one that anybody could know. */
export function checkToken(token: string, pointer: string, { fault, warn }: Folding): boolean {
  if (token === "") {
    fault(pointer, "must not be empty.");
    return false;
  }
  if (!/^[\x21-\x7e]+$/.test(token)) {
    fault(pointer, "must be printable characters without spaces, or it could not be sent in a header.");
    return false;
  }
  if (token.length > longestToken) {
    fault(pointer, `must have ${longestToken} characters or less, or it would not be looked at.`);
    return false;
  }
  if (published.test(token)) warn(`${pointer} is an example from the documentation, which everybody knows. Replace it before anybody else can reach the gateway.`);
  else if (token.length < 16) warn(`${pointer} is short enough to be guessed. \`openclaw token create\` makes one that is not.`);
  return true;
}

/** The tokens that the editions' documents print. */
const published = /^(sk-openclaw-[x]+|sk-openclaw-[y]+|oc_tok_a1b2c3d4e5f6g7h8i9j0|oc_tok_x9y8z7w6v5u4t3s2r1q0|your-api-key|YOUR_(GATEWAY_)?TOKEN)$/;

/** A stable id that is safe to log. The words before the token keep it from being the beginning of any other hash of it. */
export function idOfToken(token: string): string {
  return `key_${hash("sha256", `openclaw key id\0${token}`, "hex").slice(0, 16)}`;
}

/** Keeps one token from standing in two places: nobody could tell what it may do. */
export class TokenPlaces {
  readonly #folding: Folding;
  readonly #places = new Map<string, string>();

  constructor(folding: Folding) {
    this.#folding = folding;
  }

  take(token: string, pointer: string): void {
    const other = this.#places.get(token);
    if (other === undefined) this.#places.set(token, pointer);
    else this.#folding.fault(pointer, `is the same token as ${other}. Each key needs one of its own.`);
  }
}
