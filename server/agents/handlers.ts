import type { components } from "../../generated/server/contract.ts";
import type { AgentsHandlers } from "../../generated/server/handlers.ts";
import { pageOf } from "../http/page-of.ts";
import type { RequestContext } from "../http/request-context.ts";
import type { Skills } from "../skills/service.ts";
import { skillToolName } from "../skills/tool.ts";
import { encodeTool } from "../tools/encode.ts";
import { matchesAny } from "../tools/globs.ts";
import { isChosen } from "../tools/policy.ts";
import type { Tools } from "../tools/registry.ts";
import type { Agents, AgentSettings } from "./service.ts";

/** The agents over HTTP. */
export function createAgentsHandlers({ agents, tools, skills }: { agents: Agents; tools: Tools; skills: Pick<Skills, "offer"> }): AgentsHandlers<RequestContext> {
  const encode = ({ id, name, description, model, tools: toolNames, denyTools, skills: skillNames, maxSteps }: AgentSettings): components["schemas"]["Agent"] => ({
    id,
    name,
    description,
    model,
    tools: [...toolNames],
    denyTools: [...denyTools],
    skills: [...skillNames],
    maxSteps,
    isDefault: id === agents.default.id,
  });

  return {
    async listAgents({ query }) {
      const { items, ...next } = pageOf(agents.list(), query);
      return { status: 200, body: { agents: items.map(encode), ...next } };
    },
    async getAgent({ path: { agentId } }) {
      return { status: 200, body: encode(agents.get(agentId)) };
    },
    async listAgentTools({ path: { agentId } }, { principal }) {
      const agent = agents.get(agentId);
      const offered = await skills.offer(agent.skills, []);
      // As in a turn: who has skills has the tool that reads them, and nobody else has it, whatever his globs say.
      const named = tools.list().filter((tool) => (tool.name === skillToolName ? offered.skills.length > 0 && !matchesAny(agent.denyTools, skillToolName) : isChosen(tool, agent)));
      return { status: 200, body: { tools: named.map((tool) => encodeTool(tool, tools, principal)) } };
    },
  };
}
