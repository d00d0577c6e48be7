// The decorators of our own. Each writes one OpenAPI extension, which the generators read.
import { setExtension } from "@typespec/openapi";

/** `@permission("messages:write")`: what a key must hold to call the operation. */
export function $permission(context, operation, name) {
  setExtension(context.program, operation, "x-permission", name);
}

/** `@rateClass("plain-messages")`: the class of rate limit that the operation counts towards. */
export function $rateClass(context, operation, name) {
  setExtension(context.program, operation, "x-rate-class", name);
}

/** `@rawBody`: the handler gets the body's bytes as they were sent, too. */
export function $rawBody(context, operation) {
  setExtension(context.program, operation, "x-raw-body", true);
}

/** `@open`: more values or variants may come in any version. */
export function $open(context, target) {
  setExtension(context.program, target, "x-open", true);
}

/** `@deprecatedSince("2026-11-01", #{ sunset: "2027-05-01", link: "https://…" })`: clients should leave the operation. */
export function $deprecatedSince(context, operation, since, { sunset, link } = {}) {
  const facts = { "x-deprecated-since": since, "x-sunset": sunset, "x-deprecation-link": link };
  for (const [name, value] of Object.entries(facts)) if (value !== undefined) setExtension(context.program, operation, name, value);
}

export const $decorators = { OpenClaw: { permission: $permission, rateClass: $rateClass, rawBody: $rawBody, open: $open, deprecatedSince: $deprecatedSince } };
