import type { Context as KoaContext } from "koa";
import type { Keys } from "../keys/service.ts";
import type { Principal } from "../keys/principal.ts";

/** Finds the token of a request: `Authorization: Bearer …` (RFC 6750), else `?api_key=`. */
export function createAuthenticate(keys: Keys): (koa: KoaContext) => Principal | Promise<Principal> {
  return (koa) => {
    const { authorization } = koa.headers;
    if (authorization !== undefined) return keys.authenticate(bearer.exec(authorization)?.[1]);
    const { api_key: key } = koa.query;
    return keys.authenticate(typeof key === "string" ? key : undefined);
  };
}

const bearer = /^Bearer +(\S+)$/i;
