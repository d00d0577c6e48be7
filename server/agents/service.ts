import { GatewayError } from "../errors.ts";
import type { AgentSettings, AgentsSettings } from "../settings/settings.ts";

export type { AgentSettings } from "../settings/settings.ts";

export interface Agents {
  /** In the order of the settings. */
  list(): readonly AgentSettings[];
  find(id: string): AgentSettings | undefined;
  /** Throws `not_found`. */
  get(id: string): AgentSettings;
  /** The agent that a request names. Throws `bad_request` that lists the known ones. */
  named(id: string, pointer: string): AgentSettings;
  /** The agent of a workspace: the default one when it has none, or one that the settings have no more. */
  orDefault(id: string | null): AgentSettings;
  readonly default: AgentSettings;
  /** Exchanges them; turns under way go on with the agent they have. */
  use(next: AgentsSettings): void;
}

/** The agents of the settings. */
export function createAgents(settings: AgentsSettings): Agents {
  let { list, byId, theDefault } = index(settings);
  const find = (id: string) => byId.get(id);
  return {
    list: () => list,
    find,
    get(id) {
      const agent = find(id);
      if (!agent) throw new GatewayError("not_found", `There is no agent \`${id}\`.`);
      return agent;
    },
    named(id, pointer) {
      const agent = find(id);
      if (agent) return agent;
      const agents = [...byId.keys()];
      throw new GatewayError("bad_request", `There is no agent \`${id}\`. The agents are ${agents.join(", ")}.`, {
        details: { errors: [{ path: pointer, message: `must be one of ${agents.join(", ")}` }], agents },
      });
    },
    orDefault: (id) => (id === null ? undefined : find(id)) ?? theDefault,
    get default() {
      return theDefault;
    },
    use(next) {
      ({ list, byId, theDefault } = index(next));
    },
  };
}

function index({ list, default: defaultId }: AgentsSettings) {
  const byId = new Map(list.map((agent) => [agent.id, agent]));
  const theDefault = byId.get(defaultId) ?? list[0];
  if (!theDefault) throw new Error("the settings have no agent");
  return { list, byId, theDefault };
}
