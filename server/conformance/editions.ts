import type { Route } from "../../generated/server/routes.ts";

/** The documents that describe the gateway, and OpenAI's, whose API it has, too. */
export const editions = ["agents", "conversations", "openai", "operator", "plain", "workspaces"] as const;

export type Edition = (typeof editions)[number];

const operationsOf: Record<Edition, Route["operationId"][]> = {
  agents: [
    "chat", "streamChat", "streamChatByQuery", "createChatCompletion", "listOpenaiModels", "getOpenaiModel", "listAgents", "getAgent", "listAgentTools",
    "listAgentSessions", "getAgentSession", "deleteAgentSession", "clearAgentSession", "getMetrics", "getApiHealth",
  ],
  conversations: ["chat", "streamChat", "streamChatByQuery", "sendToChannel", "listConversations", "getConversation", "deleteConversation", "listModels", "listSkills", "getHealth", "getHealthDetail"],
  openai: ["createChatCompletion", "listOpenaiModels", "getOpenaiModel"],
  operator: [
    "message", "getStatus", "listConversations", "getConversation", "deleteConversation", "getMemoryStats", "searchMemory", "pruneMemory", "listSkills", "installSkill",
    "removeSkill", "listChannels", "getSettings", "replaceSettings", "listLogs", "getApiHealth", "openSocket",
  ],
  plain: [
    "getPlainStatus", "listPlainChannels", "listTools", "invokeTool", "listPlainSessions", "getPlainSession", "deletePlainSession", "sendPlainMessage", "listPlainCronJobs",
    "runCronJob", "getPlainSettings", "updatePlainSettings", "openSocket",
  ],
  workspaces: [
    "sendMessage", "streamMessage", "listSessions", "getSession", "deleteSession", "deleteSessions", "getSessionHistory", "listWorkspaces", "createWorkspace", "getWorkspace",
    "deleteWorkspace", "updateWorkspaceAllowlist", "getStats", "getWorkspaceStats", "getUserStats", "getApiHealth",
  ],
};

/** Those that an operation is from; none for what is beyond the documents. */
export function editionsOf(id: Route["operationId"]): Edition[] {
  return editions.filter((edition) => operationsOf[edition].includes(id));
}
