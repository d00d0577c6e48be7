import { checkAgent } from "./fold-agents.ts";
import type { Folding } from "./folding.ts";
import type { AgentsSettings, ChannelsSettings, ConfiguredKey, CronJobSettings, WorkspaceSettings } from "./settings.ts";

/** `default`, those of the file, and those that keys, channels and jobs name: nobody may be sent to a workspace that is not there. */
export function foldWorkspaces({ file, fault }: Folding, agents: AgentsSettings, keys: readonly ConfiguredKey[], channels: ChannelsSettings, jobs: readonly CronJobSettings[]): WorkspaceSettings[] {
  const workspaces = new Map<string, WorkspaceSettings>();
  file.workspaces?.forEach(({ id, label = id, agent, skills = [], allowlist = [] }, index) => {
    if (workspaces.has(id)) fault(`/workspaces/${index}/id`, "is the id of another workspace of the list.");
    if (agent !== undefined) checkAgent(agent, `/workspaces/${index}/agent`, agents.list, fault);
    workspaces.set(id, { id, label, agent: agent ?? null, skills, allowlist });
  });
  const named = [
    ...keys.flatMap((key) => (key.workspaces === "*" ? [] : key.workspaces)),
    ...Object.values(channels).flatMap((channel) => (channel?.enabled ? [channel.workspace] : [])),
    ...jobs.map(({ workspace }) => workspace),
  ];
  for (const id of named) if (id !== "default" && !workspaces.has(id)) workspaces.set(id, plain(id, id));
  return workspaces.has("default") ? [...workspaces.values()] : [plain("default", "Default"), ...workspaces.values()];
}

const plain = (id: string, label: string): WorkspaceSettings => ({ id, label, agent: null, skills: [], allowlist: [] });
