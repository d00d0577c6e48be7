import type { IncomingMessage } from "node:http";
import type { Context as KoaContext } from "koa";
import { GatewayError } from "../errors.ts";
import type { Authentication } from "../keys/authentication.ts";
import type { Principal } from "../keys/principal.ts";

/**
 * Finds the token of a request: `Authorization: Bearer …` (RFC 6750), or `?api_key=`. Throws `bad_request` when there are two:
 * which of them is meant would be anybody's guess, and a proxy's may be another than ours. The same one both ways is what
 * generated clients send, who take the contract's alternatives for a list of duties.
 */
export function createAuthenticate(authentication: Pick<Authentication, "authenticate">): (koa: KoaContext) => Principal {
  return (koa) => {
    const { authorization } = koa.headers;
    const key = koa.querystring === "" ? undefined : koa.query["api_key"];
    if (authorization === undefined) {
      if (Array.isArray(key)) throw sentTwice();
      return authentication.authenticate(key);
    }
    const token = bearer.exec(authorization)?.[1];
    if ((key !== undefined && key !== token) || hasSecondAuthorization(koa.req)) throw sentTwice();
    return authentication.authenticate(token);
  };
}

const bearer = /^Bearer +(\S+)$/i;

/** Node keeps the first one and drops the others without a word. */
function hasSecondAuthorization({ rawHeaders }: IncomingMessage): boolean {
  let count = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!;
    if (name.length === "authorization".length && name.toLowerCase() === "authorization") count += 1;
  }
  return count > 1;
}

function sentTwice(): GatewayError {
  return new GatewayError("bad_request", "There are two tokens in this request. Send one, in an `Authorization` header or as `api_key`.");
}
