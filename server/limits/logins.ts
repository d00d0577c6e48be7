import type { Windows } from "../cluster/port.ts";
import { GatewayError } from "../errors.ts";
import { secondsUntil } from "./service.ts";

/**
 * Guesses of tokens, limited by the address they come from. A key that was in use from an address stays so, lest one broken
 * script lock out everybody behind the same proxy; any other is refused like a wrong one, so that no guess is ever confirmed.
 */
export interface LoginGuard {
  /** Somebody sent a token that is nobody's. Throws `rate_limited` when that was one too many. */
  failed(address: string): Promise<void>;
  /** Somebody sent a key's token. Throws `rate_limited` when the address is blocked and the key is new there. */
  passed(address: string, keyId: string): Promise<void> | undefined;
}

const most = 10;
const windowMs = 60_000;
const mostRemembered = 10_000;

export function createLoginGuard({ windows }: { windows: Windows }): LoginGuard {
  /** Address and key of those that came in, the longest unused first. */
  const remembered = new Set<string>();

  function remember(pair: string): void {
    remembered.delete(pair);
    remembered.add(pair);
    if (remembered.size > mostRemembered) remembered.delete(remembered.values().next().value!);
  }

  async function passedFirst(address: string, pair: string): Promise<void> {
    const window = await windows.look(windowName(address));
    if (window && window.count >= most) throw tooManyFailures(window.endsInMs);
    remember(pair);
  }

  return {
    async failed(address) {
      const { count, endsInMs } = await windows.count(windowName(address), windowMs);
      if (count > most) throw tooManyFailures(endsInMs);
    },
    passed(address, keyId) {
      const pair = `${keyId} ${address}`;
      if (!remembered.has(pair)) return passedFirst(address, pair);
      remember(pair);
      return undefined;
    },
  };
}

function tooManyFailures(endsInMs: number): GatewayError {
  const retryAfterSeconds = secondsUntil(endsInMs);
  return new GatewayError("rate_limited", `Too many requests from this address had a token that is not valid. Check the token, and try again in ${retryAfterSeconds} s.`, {
    details: { limit: most, windowMs, scope: "address" },
    retryAfterSeconds,
  });
}

const windowName = (address: string) => `logins:${networkOf(address)}`;

/** IPv6 is counted by its /64, which is what one customer has at the least. */
function networkOf(address: string): string {
  if (!address.includes(":")) return address;
  const [head = "", tail = ""] = address.split("::");
  const groups = (text: string) => (text === "" ? [] : text.split(":"));
  const known = groups(head);
  const zeros = Math.max(8 - known.length - groups(tail).length, 0);
  return [...known, ...Array<string>(address.includes("::") ? zeros : 0).fill("0"), ...groups(tail)].slice(0, 4).join(":");
}
