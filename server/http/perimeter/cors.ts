import cors from "@koa/cors";
import type { Context, Middleware, Next } from "koa";
import type { CorsSettings } from "../../settings/settings.ts";
import type { Perimeter } from "./perimeter.ts";

/** What a page may read of an answer, besides what browsers let it read anyway. */
const exposedHeaders = [
  "Deprecation",
  "ETag",
  "Idempotency-Replayed",
  "Link",
  "Location",
  "Retry-After",
  "Sunset",
  "WWW-Authenticate",
  "X-RateLimit-Limit",
  "X-RateLimit-Remaining",
  "X-RateLimit-Reset",
  "X-Request-Id",
  "X-Run-Id",
];

/** How long a browser may keep what a preflight told it; Chromium keeps nothing longer than this. */
const maxAgeSeconds = 7200;

/**
 * Cross-origin requests (WHATWG Fetch, 3.2). Pages of the listed origins may call with any header, but never with cookies:
 * a key is what lets in. Other pages get an answer that their browser does not show them; to keep requests out is not what
 * CORS is for.
 */
export function createCors({ origins, methods }: CorsSettings): Middleware {
  const listed = new Set(origins);
  const isAny = listed.has("*");
  return cors({
    origin(koa) {
      if (isAny) return "*";
      const origin = koa.get("Origin");
      return listed.has(origin) ? origin : "";
    },
    allowMethods: [...methods],
    exposeHeaders: exposedHeaders,
    maxAge: maxAgeSeconds,
    // The way from a public page to a private address is for those that are named.
    privateNetworkAccess: !isAny,
  });
}

/**
 * Answers preflights, and lets pages read what is answered: errors too, so it stands outside of what answers those. A
 * preflight tells an address that is not let in no more than which origins the settings list.
 */
export function answerCors(perimeter: Perimeter) {
  return (koa: Context, next: Next): Promise<unknown> => {
    const { cors: answer } = perimeter.rules;
    return answer ? answer(koa, next) : next();
  };
}
