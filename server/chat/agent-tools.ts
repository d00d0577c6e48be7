import type { Principal } from "../keys/principal.ts";
import type { ToolDefinition } from "../providers/port.ts";
import type { Run } from "../runs/run.ts";
import { matchesAny } from "../tools/globs.ts";
import type { AgentTools } from "../tools/policy.ts";
import { ToolRefusal, type ToolContext } from "../tools/port.ts";
import type { Tools } from "../tools/registry.ts";
import { skillToolName } from "../skills/tool.ts";
import type { TurnTools } from "./turn.ts";

/** The tools of one agent's turn: those it was offered, and no other, whatever name the model comes up with. `now` gives epoch milliseconds. */
export function agentTools(tools: Tools, definitions: readonly ToolDefinition[], run: Pick<Run, "id" | "approvals">, now: () => number, turn: Omit<ToolContext, "signal" | "runId">): TurnTools {
  const isOffered = (name: string) => definitions.some((definition) => definition.name === name);
  return {
    definitions,
    approval(call) {
      const timeoutMs = isOffered(call.name) ? tools.approvalTimeoutMs(call.name) : null;
      return timeoutMs === null ? null : run.approvals.ask(call, timeoutMs, now());
    },
    async invoke(name, argumentsText, signal) {
      if (!isOffered(name)) {
        throw new ToolRefusal(`There is no tool ${name}. The tools are ${definitions.map((definition) => definition.name).join(", ")}.`);
      }
      return tools.invoke(name, argumentsText, { ...turn, runId: run.id, signal });
    },
  };
}

/**
 * What a model is offered: the tools that the agent's settings choose; the one that reads skills exactly when there are skills for
 * this turn, unless the agent is denied it.
 */
export function offeredTools(tools: Tools, agent: AgentTools, principal: Principal, hasSkills: boolean): readonly ToolDefinition[] {
  const chosen = tools.definitions(agent, principal);
  const isWanted = hasSkills && !matchesAny(agent.denyTools, skillToolName);
  if (chosen.some(({ name }) => name === skillToolName) === isWanted) return chosen;
  return isWanted ? [...chosen, ...tools.definitions(skillToolAlone, principal)] : chosen.filter(({ name }) => name !== skillToolName);
}

const skillToolAlone: AgentTools = { tools: [skillToolName], denyTools: [] };
