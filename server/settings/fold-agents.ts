import type { Agent } from "../../generated/server/settings.ts";
import type { Folding } from "./folding.ts";
import type { AgentSettings, AgentsSettings } from "./settings.ts";

/** The agents; `main` where the file has none. */
export function foldAgents({ file, fault }: Folding): AgentsSettings {
  const { list: written = [], default: named } = file.agents ?? {};
  const list = (written.length === 0 ? [{ id: "main", name: "Main" }] : written).map(foldAgent);
  const places = new Map<string, number>();
  list.forEach(({ id }, index) => {
    const other = places.get(id);
    if (other === undefined) places.set(id, index);
    else fault(`/agents/list/${index}/id`, `is the same as /agents/list/${other}/id.`);
  });
  if (named !== undefined) checkAgent(named, "/agents/default", list, fault);
  return { default: named ?? list[0]?.id ?? "main", list };
}

/** Notes a fault unless the agent exists. */
export function checkAgent(id: string, pointer: string, list: readonly AgentSettings[], fault: Folding["fault"]): void {
  if (!list.some((agent) => agent.id === id)) fault(pointer, `must be one of the agents (${list.map((agent) => agent.id).join(", ")}).`);
}

function foldAgent(agent: Agent): AgentSettings {
  return {
    id: agent.id,
    name: agent.name ?? agent.id,
    description: agent.description ?? "",
    model: agent.model ?? null,
    systemPrompt: agent.systemPrompt ?? "",
    tools: agent.tools ?? ["read", "calculate", "memory_search", "memory_save"],
    denyTools: agent.denyTools ?? [],
    skills: agent.skills ?? ["*"],
    maxSteps: agent.maxSteps ?? 8,
    summarize: agent.summarize ?? false,
  };
}
