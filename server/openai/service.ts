import type { Agents } from "../agents/service.ts";
import { agentTools, offeredTools } from "../chat/agent-tools.ts";
import { newId } from "../ids.ts";
import { homeWorkspace, type Principal } from "../keys/principal.ts";
import type { ModelRequest, ToolDefinition } from "../providers/port.ts";
import type { Providers } from "../providers/registry.ts";
import type { Run } from "../runs/run.ts";
import type { Runs } from "../runs/service.ts";
import type { Tools } from "../tools/registry.ts";

export interface CompletionInput {
  principal: Principal;
  requestId: string;
  model: string;
  request: Omit<ModelRequest, "tools" | "model" | "stream">;
  callerTools: readonly ToolDefinition[];
  stream: boolean;
  /** Whether the stream ends with the usage. */
  includeUsage: boolean;
}

export interface Completions {
  /** A turn whose caller holds the conversation: a run without a session. Throws `not_found` on an unknown model. */
  begin(input: CompletionInput): Promise<Run>;
}

export function createCompletions({ agents, providers, tools, runs, now }: { agents: Agents; providers: Providers; tools: Tools; runs: Runs; now: () => number }): Completions {
  return {
    async begin({ principal, requestId, model: wanted, request, callerTools, stream, includeUsage }) {
      const startedAt = performance.now();
      const agent = agents.default;
      const run = runs.create({
        face: "openai",
        principal,
        requestId,
        sessionId: null,
        workspaceId: homeWorkspace(principal),
        agentId: agent.id,
        userId: request.user ?? null,
        channel: "api",
        createdAt: now(),
        isStreamed: stream,
        faceOptions: { includeUsage },
      });
      const { workspaceId, userId } = run.identity;
      const { provider, model } = await providers.resolve(wanted, run.signal);
      // A caller that brings tools, or forbids them, decides by itself; else the agent's are at hand. The system text is his, so that no skill is offered.
      const definitions = callerTools.length > 0 || request.toolChoice === "none" ? [] : offeredTools(tools, agent.tools, false);
      runs.start(run, {
        acquire: async () => () => {},
        prepare: async () => ({
          identity: { workspaceId, agentId: agent.id, userId },
          newSession: null,
          userMessage: null,
          messageId: newId("msg"),
          turn: {
            provider,
            request: { ...request, model, stream },
            tools: agentTools(tools, definitions, { principal, workspaceId, agentId: agent.id, sessionId: null, runId: run.id, userId }),
            callerTools,
            maxSteps: agent.maxSteps,
            startedAt,
          },
        }),
      });
      return run;
    },
  };
}
