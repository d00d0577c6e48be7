import type { Logger } from "pino";
import type { Agents } from "./agents/service.ts";
import { createAgentsHandlers } from "./agents/handlers.ts";
import { createSendTool } from "./channels/tool.ts";
import type { Channels } from "./channels/service.ts";
import { createMcpHandlers } from "./mcp/handlers.ts";
import { createMcp } from "./mcp/service.ts";
import type { MemoryService } from "./memory/service.ts";
import { createMemoryTools } from "./memory/tools.ts";
import type { SecretMask } from "./secrets.ts";
import type { Settings } from "./settings/settings.ts";
import { createSkillsHandlers } from "./skills/handlers.ts";
import { createSkills, skillsSettings } from "./skills/service.ts";
import { createToolsHandlers } from "./tools/handlers.ts";
import { createTools, type Tools, type ToolsOptions } from "./tools/registry.ts";
import { createToolInvocations } from "./tools/service.ts";
import type { Workspaces } from "./workspaces/service.ts";

interface ToolOptions extends Pick<ToolsOptions, "onInvoked"> {
  settings: Settings;
  agents: Agents;
  workspaces: Pick<Workspaces, "getFor">;
  memory: MemoryService;
  send: Channels["send"];
  /** Goes around the tools, to see what becomes of calls. */
  observe: (tools: Tools) => Tools;
  env: NodeJS.ProcessEnv;
  hideSecrets: SecretMask["hide"];
  version: string;
  log: Logger;
  now: () => number;
}

/** What agents can do: the tools, those of MCP servers among them, and the skills, which know the tools that they need. */
export async function composeTools({ settings, agents, workspaces, memory, send, onInvoked, observe, env, hideSecrets, version, log, now }: ToolOptions) {
  const mcp = createMcp({ version, log, hideSecrets, now });
  const skills = createSkills({
    settings: skillsSettings(settings),
    env,
    hasTool(name) {
      const tool = tools.get(name);
      return tool !== undefined && tools.refusal(tool, { tools: null, denyTools: null }) === null;
    },
    globsOf: async ({ principal, workspaceId, agentId }) => ({
      agent: (agentId === null ? undefined : agents.find(agentId)?.skills) ?? ["*"],
      workspace: (await workspaces.getFor(principal, workspaceId)).skills,
    }),
  });
  const sources = [createMemoryTools({ memory }), skills, createSendTool({ send }), mcp];
  const tools: Tools = observe(createTools({ settings, sources, ...(onInvoked && { onInvoked }), now }));
  await skills.start();

  return {
    mcp,
    skills,
    tools,
    handlers: {
      ...createAgentsHandlers({ agents, tools, skills }),
      ...createToolsHandlers({ tools, invocations: createToolInvocations({ tools }) }),
      ...createSkillsHandlers({ skills }),
      ...createMcpHandlers({ mcp }),
    },
  };
}
