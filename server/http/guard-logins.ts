import { GatewayError } from "../errors.ts";
import type { Authentication } from "../keys/authentication.ts";
import type { Principal } from "../keys/principal.ts";
import type { LoginGuard } from "../limits/logins.ts";

/** Finds whose token it is, for somebody at an address. Throws `unauthorized`, and `rate_limited` after too many wrong ones. */
export type Login = (token: string | undefined, address: string) => Principal | Promise<Principal>;

/**
 * Limits failed logins around `authenticate`. The key is looked up first, since only that tells one in use at the address
 * from a guess; whoever is blocked gets the same answer whether the token was right or not. A key in use costs no promise.
 */
export function guardLogins({ authenticate }: Pick<Authentication, "authenticate">, guard: LoginGuard): Login {
  return (token, address) => {
    let principal: Principal;
    try {
      principal = authenticate(token);
    } catch (error) {
      // Who sends no token has forgotten it; that guesses nothing.
      if (error instanceof GatewayError && error.code === "unauthorized" && token !== undefined) return guard.failed(address).then(() => Promise.reject(error));
      throw error;
    }
    return guard.passed(address, principal.keyId)?.then(() => principal) ?? principal;
  };
}
