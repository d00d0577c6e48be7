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

export const $decorators = { OpenClaw: { permission: $permission, rateClass: $rateClass, rawBody: $rawBody } };
