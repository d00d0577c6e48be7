import type { Context as KoaContext } from "koa";
import { GatewayError } from "../errors.ts";
import type { Principal } from "../keys/principal.ts";
import type { LoginGuard } from "../limits/logins.ts";

type Authenticate = (koa: KoaContext) => Principal | Promise<Principal>;

/**
 * Limits failed logins around `authenticate`. The key is looked up first, since only that tells one in use at the address
 * from a guess; whoever is blocked gets the same answer whether the token was right or not.
 */
export function guardLogins(authenticate: Authenticate, guard: LoginGuard): Authenticate {
  return async (koa) => {
    const address = koa.state["address"] as string;
    let principal: Principal;
    try {
      principal = await authenticate(koa);
    } catch (error) {
      if (error instanceof GatewayError && error.code === "unauthorized" && bringsToken(koa)) await guard.failed(address);
      throw error;
    }
    const admission = guard.passed(address, principal.keyId);
    if (admission) await admission;
    return principal;
  };
}

/** Who sends no token has forgotten it; that guesses nothing. */
function bringsToken({ headers, query }: KoaContext): boolean {
  return headers.authorization !== undefined || query["api_key"] !== undefined;
}
