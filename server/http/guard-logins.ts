import type { Context as KoaContext } from "koa";
import { GatewayError } from "../errors.ts";
import type { Principal } from "../keys/principal.ts";
import type { LoginGuard } from "../limits/logins.ts";

/**
 * Limits failed logins around `authenticate`. The key is looked up first, since only that tells one in use at the address
 * from a guess; whoever is blocked gets the same answer whether the token was right or not. A key in use costs no promise.
 */
export function guardLogins(authenticate: (koa: KoaContext) => Principal, guard: LoginGuard): (koa: KoaContext) => Principal | Promise<Principal> {
  return (koa) => {
    const address = koa.state["address"] as string;
    let principal: Principal;
    try {
      principal = authenticate(koa);
    } catch (error) {
      if (error instanceof GatewayError && error.code === "unauthorized" && bringsToken(koa)) return guard.failed(address).then(() => Promise.reject(error));
      throw error;
    }
    return guard.passed(address, principal.keyId)?.then(() => principal) ?? principal;
  };
}

/** Who sends no token has forgotten it; that guesses nothing. */
function bringsToken({ headers, query }: KoaContext): boolean {
  return headers.authorization !== undefined || query["api_key"] !== undefined;
}
