import type { components } from "../../generated/server/contract.ts";
import type { Principal } from "../keys/principal.ts";
import type { Tool } from "./port.ts";
import type { Tools } from "./registry.ts";

/** A tool as the contract has it, and whether this key may call it. */
export function encodeTool(tool: Tool, tools: Tools, principal: Principal): components["schemas"]["Tool"] {
  const { name, description, inputSchema, isDangerous = false } = tool;
  const reason = tools.refusal(tool, principal);
  return { name, description, enabled: reason === null, ...(reason !== null && { reason }), dangerous: isDangerous, ask: tools.approvalTimeoutMs(name) !== null, inputSchema };
}
