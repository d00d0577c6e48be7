import type { Agents } from "../agents/service.ts";
import { agentTools, offeredTools } from "../chat/agent-tools.ts";
import { newId } from "../ids.ts";
import { homeWorkspace, type Principal } from "../keys/principal.ts";
import type { Quotas } from "../limits/quotas.ts";
import type { ModelRequest, ToolDefinition } from "../providers/port.ts";
import type { Providers } from "../providers/registry.ts";
import type { ReservedRun, Run } from "../runs/run.ts";
import type { Runs } from "../runs/service.ts";
import type { Tools } from "../tools/registry.ts";
import { requireAdmission } from "../workspaces/admission.ts";
import type { Workspaces } from "../workspaces/service.ts";

export interface CompletionInput {
  principal: Principal;
  requestId: string;
  model: string;
  request: Omit<ModelRequest, "tools" | "model" | "stream">;
  callerTools: readonly ToolDefinition[];
  stream: boolean;
  /** Whether the stream ends with the usage. */
  includeUsage: boolean;
  /** The run that this turn has to have; one that has begun is taken up. */
  reservedRun?: ReservedRun | undefined;
}

export interface Completions {
  /**
   * A turn whose caller holds the conversation: a run without a session, in the key's own workspace. It fails with `not_found`
   * on an unknown model, with `forbidden` on a user who is not on the workspace's allow list.
   */
  begin(input: CompletionInput): Promise<Run>;
}

export interface CompletionsOptions {
  agents: Agents;
  workspaces: Workspaces;
  providers: Providers;
  tools: Tools;
  quotas: Pick<Quotas, "budgetOf">;
  runs: Runs;
  now: () => number;
}

export function createCompletions({ agents, workspaces, providers, tools, quotas, runs, now }: CompletionsOptions): Completions {
  return {
    async begin({ principal, requestId, model: wanted, request, callerTools, stream, includeUsage, reservedRun }) {
      if (reservedRun?.hasBegun) return runs.open(reservedRun.id, principal, true);
      const startedAt = performance.now();
      const run = runs.create(
        {
          face: "openai",
          principal,
          requestId,
          sessionId: null,
          workspaceId: homeWorkspace(principal),
          // The workspace's own is known when the run is prepared.
          agentId: agents.default.id,
          userId: request.user ?? null,
          channel: "api",
          createdAt: now(),
          isStreamed: stream,
          faceOptions: { includeUsage },
        },
        reservedRun,
      );
      runs.start(run, {
        acquire: async () => () => {},
        async prepare() {
          const { workspaceId, userId, channel } = run.identity;
          const workspace = await workspaces.getFor(principal, workspaceId);
          requireAdmission(workspace, { userId, channel }, "`user`");
          const agent = agents.orDefault(workspace.agentId);
          const { provider, model, contextWindow, price } = await providers.resolve(wanted, run.signal);
          // A caller that brings tools, or forbids them, decides by itself; else the agent's are at hand.
          // The system text is the caller's, so that no skill is offered.
          const definitions = callerTools.length > 0 || request.toolChoice === "none" ? [] : offeredTools(tools, agent, principal, false);
          return {
            identity: { workspaceId, agentId: agent.id, userId },
            newSession: null,
            userMessage: null,
            messageId: newId("msg"),
            price,
            turn: {
              provider,
              request: { ...request, model, stream },
              // The caller's own conversation is told as it is; the provider says when it is too long.
              context: { window: contextWindow, history: 0, summary: null, summarize: null },
              tools: agentTools(tools, definitions, run, now, { principal, workspaceId, agentId: agent.id, sessionId: null, userId }),
              callerTools,
              maxSteps: agent.maxSteps,
              startedAt,
              budget: quotas.budgetOf(principal),
            },
          };
        },
      });
      return run;
    },
  };
}
