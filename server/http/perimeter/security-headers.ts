import type { Context, Next } from "koa";

/**
 * What every answer tells browsers: JSON is data that no page may show, run, frame or embed, and that nobody keeps. A handler
 * may say otherwise of its own answer. Strict-Transport-Security is for the proxy to say, which has the certificate.
 */
export const securityHeaders: Readonly<Record<string, string>> = {
  "Cache-Control": "no-store",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
};

const pairs = Object.entries(securityHeaders);

export function setSecurityHeaders({ res }: Context, next: Next): Promise<unknown> {
  for (const [name, value] of pairs) res.setHeader(name, value);
  return next();
}
