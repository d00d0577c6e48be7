import type { ToolDefinition } from "../providers/port.ts";
import { ToolError, type ToolContext } from "../tools/port.ts";
import type { Tools } from "../tools/registry.ts";
import { skillToolName } from "../skills/tool.ts";
import type { TurnTools } from "./turn.ts";

/** The tools of one agent's turn: those it was offered, and no other, whatever name the model comes up with. */
export function agentTools(tools: Tools, definitions: readonly ToolDefinition[], turn: Omit<ToolContext, "signal">): TurnTools {
  return {
    definitions,
    async invoke(name, argumentsText, signal) {
      if (!definitions.some((definition) => definition.name === name)) {
        throw new ToolError(`There is no tool ${name}. The tools are ${definitions.map((definition) => definition.name).join(", ")}.`);
      }
      return tools.invoke(name, argumentsText, { ...turn, signal });
    },
  };
}

/** What a model is offered: the tools that the agent's globs choose; the one that reads skills exactly when there are skills for this turn. */
export function offeredTools(tools: Tools, globs: readonly string[], hasSkills: boolean): ToolDefinition[] {
  if (hasSkills) return tools.definitions([...globs, skillToolName]);
  return tools.definitions(globs).filter(({ name }) => name !== skillToolName);
}
