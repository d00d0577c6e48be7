import type { GatewayError } from "../errors.ts";

/** Why a socket is closed (RFC 6455, 7.4; those from 4000 on are the contract's). */
export const closeCodes = {
  goingAway: 1001,
  notText: 1003,
  badFrames: 1008,
  internalError: 1011,
  badRequest: 4400,
  unauthorized: 4401,
  forbidden: 4403,
  tooSlow: 4408,
  rateLimited: 4429,
} as const;

export type CloseCode = (typeof closeCodes)[keyof typeof closeCodes];

/** The code for somebody who is not let in. */
export function closeCodeOf({ code }: GatewayError): CloseCode {
  if (code === "unauthorized") return closeCodes.unauthorized;
  if (code === "forbidden") return closeCodes.forbidden;
  if (code === "rate_limited") return closeCodes.rateLimited;
  return code === "bad_request" ? closeCodes.badRequest : closeCodes.internalError;
}
