import type { IncomingMessage } from "node:http";
import type { Context as KoaContext } from "koa";
import { GatewayError } from "../errors.ts";
import type { Principal } from "../keys/principal.ts";
import type { Login } from "./guard-logins.ts";
import { isSocketPath } from "./upgrades.ts";

/** Finds whose request it is. */
export function createAuthenticate(login: Login): (koa: KoaContext) => Principal | Promise<Principal> {
  return (koa) => login(tokenOf(koa), koa.state["address"] as string);
}

/**
 * Finds the token of a request: `Authorization: Bearer …` (RFC 6750), or `?api_key=`, for a socket also `?token=`. Undefined when there is
 * none, empty when what there is cannot be one. Throws `bad_request` when there are two:
 * which of them is meant would be anybody's guess, and a proxy's may be another than ours. The same one both ways is what
 * generated clients send, who take the contract's alternatives for a list of duties.
 */
export function tokenOf(koa: KoaContext): string | undefined {
  const { authorization } = koa.headers;
  const key = koa.querystring === "" ? undefined : tokenInQuery(koa);
  if (authorization === undefined) return key;
  const token = bearer.exec(authorization)?.[1];
  if ((key !== undefined && key !== token) || hasSecondAuthorization(koa.req)) throw sentTwice();
  return token ?? "";
}

const bearer = /^Bearer +(\S+)$/i;

function tokenInQuery({ path, query }: KoaContext): string | undefined {
  const { api_key: key, token } = query;
  const sent = key ?? (isSocketPath(path) ? token : undefined);
  const isSecond = key !== undefined && isSocketPath(path) && token !== undefined && token !== key;
  if (Array.isArray(sent) || isSecond) throw sentTwice();
  return sent;
}

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
