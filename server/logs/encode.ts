import type { components } from "../../generated/server/contract.ts";
import type { GatewayLogEntry } from "./entry.ts";

/** A line as the contract writes it. */
export function encodeLine({ id, at, level, message, fields: all }: GatewayLogEntry): components["schemas"]["GatewayLogEntry"] {
  const { requestId, keyId, operation, sessionId, runId, ...fields } = all;
  const named = Object.entries({ requestId, keyId, operation, sessionId, runId }).filter(([, value]) => typeof value === "string");
  return { kind: "gateway", id, at: new Date(at).toISOString(), level, message, ...Object.fromEntries(named), fields };
}
