import type { ToolRights } from "../keys/principal.ts";
import { matchesAny } from "./globs.ts";
import type { Tool } from "./port.ts";

/** What the settings say of all tools, as names or globs. */
export interface ToolRules {
  readonly allow: readonly string[];
  readonly deny: readonly string[];
  /** Those whose calls wait until somebody has approved them. */
  readonly ask: readonly string[];
}

/** The built-in tools that are dangerous, for whoever judges settings without a gateway that runs. */
export const dangerousBuiltins: ReadonlySet<string> = new Set(["run_code", "write"]);

type Judged = Pick<Tool, "name" | "isDangerous">;

/**
 * Why a tool may not be called by this key, for whoever asks; null when it may. In a turn the agent's globs come on top: its model
 * is offered no other tools. What a model or a text that it has read says plays no part in it.
 */
export function refusal(tool: Judged, rules: ToolRules, key: ToolRights): string | null {
  return refusalBySettings(tool, rules) ?? refusalByKey(tool, key);
}

/** What is denied is denied, whatever else allows it. */
function refusalByKey({ name }: Judged, { tools, denyTools }: ToolRights): string | null {
  if (denyTools !== null && matchesAny(denyTools, name)) return "This key may not call it: its `denyTools` name it.";
  return tools === null || matchesAny(tools, name) ? null : "This key may not call it: its `tools` do not name it.";
}

/** What an agent's settings say of tools, as names or globs. */
export interface AgentTools {
  readonly tools: readonly string[];
  readonly denyTools: readonly string[];
}

/** Whether an agent's model may be offered a tool, as far as the agent goes. */
export function isChosen({ name }: Judged, { tools, denyTools }: AgentTools): boolean {
  return matchesAny(tools, name) && !matchesAny(denyTools, name);
}

/** The settings' part of it. */
export function refusalBySettings({ name, isDangerous }: Judged, { allow, deny }: Pick<ToolRules, "allow" | "deny">): string | null {
  if (matchesAny(deny, name)) return "The settings deny it (`tools.deny`).";
  if (!matchesAny(allow, name)) return "The settings do not allow it (`tools.allow`).";
  // Who writes `*` means the tools, not a shell for whoever talks the model into it.
  if (isDangerous && !matchesAny(allow.filter((glob) => !/^\*+$/.test(glob)), name)) return `It can do harm, and is off until the settings allow it by name: add "${name}" to \`tools.allow\`.`;
  return null;
}

/** Whether a call waits until somebody has approved it. */
export function asks({ name }: Judged, { ask }: Pick<ToolRules, "ask">): boolean {
  return matchesAny(ask, name);
}
