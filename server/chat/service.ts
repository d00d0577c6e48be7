import type { Agents, AgentSettings } from "../agents/service.ts";
import { GatewayError } from "../errors.ts";
import { newId } from "../ids.ts";
import { homeWorkspace, type Principal } from "../keys/principal.ts";
import type { Quotas } from "../limits/quotas.ts";
import type { Recall } from "../memory/recall.ts";
import type { ModelMessage } from "../providers/port.ts";
import type { Providers } from "../providers/registry.ts";
import type { MessageOrigin, ReservedRun, Run, RunFace } from "../runs/run.ts";
import type { PreparedRun, Runs } from "../runs/service.ts";
import { noSession, type Session, type Sessions, type SpokenMessage } from "../sessions/service.ts";
import type { Skills } from "../skills/service.ts";
import { skillToolName } from "../skills/tool.ts";
import type { Tools } from "../tools/registry.ts";
import { requireAdmission } from "../workspaces/admission.ts";
import type { Workspace, Workspaces } from "../workspaces/service.ts";
import { agentTools, offeredTools } from "./agent-tools.ts";
import { refuseTooLong } from "./conversation.ts";
import { createHistoryCache } from "./history-cache.ts";
import { historyBounds, historyMessages } from "./history.ts";
import { createSessionLock } from "./session-lock.ts";
import type { Summaries } from "./summary.ts";

/** A turn as any face asks for it. */
export interface ChatInput {
  face: RunFace;
  principal: Principal;
  requestId: string;
  message: string;
  /** The session to go on with; null starts a new one. An unknown id starts one under that id. */
  sessionId: string | null;
  /** Whether a new session's id begins like a conversation's. */
  sessionPrefix: "sess" | "conv";
  channel: string;
  /** Where in the channel the message came from; the answer is then told of by whoever sends it there. */
  origin?: MessageOrigin;
  /** Whether somebody reads the text as it comes. */
  stream: boolean;
  /** Whether the turn goes on although nobody waits for it. */
  keep?: boolean;
  /** The run that this turn has to have; one that has begun is taken up. */
  reservedRun?: ReservedRun | undefined;
  /** Nobody speaks, the clock does: an allow list is about users, and asks for none then. */
  byClock?: boolean;
  workspaceId?: string | undefined;
  agentId?: string | undefined;
  userId?: string | undefined;
  model?: string | undefined;
  systemPrompt?: string | undefined;
  maxTokens?: number | undefined;
  temperature?: number | undefined;
  /** Facts about the user that the agent is told in this turn. */
  context?: Record<string, unknown> | undefined;
}

export interface Chat {
  /**
   * Takes a turn: checks what it names, and starts a run. Resolves once the user's message is stored, or at once when the
   * session has a turn under way. Throws `bad_request` (agent), `not_found` (workspace, session, model),
   * `forbidden` (a user who is not on the workspace's allow list), `conflict`.
   */
  begin(input: ChatInput): Promise<Run>;
}

export interface ChatOptions {
  agents: Agents;
  workspaces: Workspaces;
  sessions: Sessions;
  summaries: Summaries;
  providers: Providers;
  tools: Tools;
  skills: Pick<Skills, "offer">;
  /** What agents that have the tool `memory_search` are told at the start of a turn. */
  recall: Recall;
  quotas: Pick<Quotas, "budgetOf">;
  runs: Runs;
  now: () => number;
}

const titleLength = 80;

/** The one way a message becomes a turn, whatever face it came in by. */
export function createChat({ agents, workspaces, sessions, summaries, providers, tools, skills, recall, quotas, runs, now }: ChatOptions): Chat {
  const lock = createSessionLock();
  const cache = createHistoryCache();
  workspaces.onDeleted(cache.forgetIn);

  return {
    async begin(input) {
      if (input.reservedRun?.hasBegun) return runs.open(input.reservedRun.id, input.principal, true);
      const startedAt = performance.now();
      const { principal, sessionId: wantedId, workspaceId = homeWorkspace(principal) } = input;
      const named = input.agentId === undefined ? undefined : agents.named(input.agentId, "/agentId");
      const sessionId = wantedId ?? newId(input.sessionPrefix);
      // Nobody may wait for, and so learn of, what he may not see.
      if (wantedId !== null && lock.isHeld(sessionId)) {
        const session = await findSession(wantedId, input);
        admit(input, session, await workspaces.getFor(principal, session?.workspaceId ?? workspaceId));
      }

      const run = runs.create(
        {
          face: input.face,
          principal,
          requestId: input.requestId,
          sessionId,
          // What the session says of these is known when it is the turn's turn.
          workspaceId,
          agentId: (named ?? agents.default).id,
          userId: input.userId ?? null,
          channel: input.channel,
          createdAt: now(),
          isStreamed: input.stream,
          origin: input.origin ?? null,
          faceOptions: {},
        },
        input.reservedRun,
      );
      if (input.keep) run.keep();
      const isQueued = lock.isHeld(sessionId);
      runs.start(run, {
        acquire: (signal) => lock.acquire(sessionId, signal),
        prepare: () => prepare(input, run, sessionId, named, startedAt),
      });
      if (!isQueued) await run.accepted;
      return run;
    },
  };

  /** A session that the key may see; nothing when there is none. Throws `not_found` when it is not this key's or this workspace's. */
  async function findSession(id: string, { principal, workspaceId }: ChatInput): Promise<Session | undefined> {
    const session = await sessions.find(principal, id);
    if (session && workspaceId !== undefined && session.workspaceId !== workspaceId) throw noSession(id);
    return session;
  }

  /** Of a request that names none: the session's, else the workspace's, else the default one. */
  function agentOf(session: Session | undefined, workspace: Workspace): AgentSettings {
    return (session && agents.find(session.agentId)) ?? agents.orDefault(workspace.agentId);
  }

  /** Called when it is the turn's turn: finds the session and its history as the turns before it left them. */
  async function prepare(input: ChatInput, run: Run, sessionId: string, named: AgentSettings | undefined, startedAt: number): Promise<PreparedRun> {
    const session = input.sessionId === null ? undefined : await findSession(sessionId, input);
    // Told before the workspace is asked for: whoever deletes it meanwhile finds the run by it.
    if (session && session.workspaceId !== run.identity.workspaceId) run.identity = { ...run.identity, workspaceId: session.workspaceId };
    const workspace = await workspaces.getFor(input.principal, run.identity.workspaceId);
    admit(input, session, workspace);
    if (session && named && session.agentId !== named.id) throw anotherAgent(session, named);
    const agent = named ?? agentOf(session, workspace);
    const model = await providers.resolve(input.model ?? agent.model, run.signal);
    const userId = input.userId ?? session?.userId ?? null;
    const offered = await skills.offer(agent.skills, workspace.skills);
    const definitions = offeredTools(tools, agent, input.principal, offered.skills.length > 0);
    const has = (tool: string) => definitions.some(({ name }) => name === tool);
    const remembered = has("memory_search") ? recall(workspace.id, input.message) : null;
    const system = systemMessages(input, agent, [remembered === null ? "" : await remembered, has(skillToolName) ? offered.text : ""]);
    const asked: ModelMessage = { role: "user", content: input.message };
    refuseTooLong([...system, asked], definitions, model.contextWindow);
    const history = session && session.messageCount > 0 ? (cache.get(session) ?? (await sessions.recentMessages(session, historyBounds(model.contextWindow)))) : [];
    const summary = session?.summary?.text ?? null;
    const budget = quotas.budgetOf(input.principal);
    const earlier = historyMessages(history, definitions.length > 0);
    const userMessage = { id: newId("msg"), content: input.message };
    const messageId = newId("msg");
    run.ended.then(
      ({ content, finishedAt }) => {
        const said: SpokenMessage[] = [
          { ...userMessage, role: "user", toolCalls: null },
          { id: messageId, role: "assistant", content, toolCalls: run.toolCalls.length > 0 ? run.toolCalls : null },
        ];
        cache.keep({ id: sessionId, workspaceId: workspace.id, messageCount: (session?.messageCount ?? 0) + said.length, lastActiveAt: finishedAt }, [...history, ...said]);
      },
      () => {},
    );
    return {
      identity: { workspaceId: workspace.id, agentId: agent.id, userId },
      newSession: session
        ? null
        : {
            id: sessionId,
            workspaceId: workspace.id,
            agentId: agent.id,
            userId,
            channel: input.channel,
            title: titleOf(input.message),
            createdAt: now(),
          },
      userMessage,
      messageId,
      price: model.price,
      turn: {
        provider: model.provider,
        request: {
          model: model.model,
          messages: [...system, ...earlier, asked],
          stream: input.stream,
          ...(input.maxTokens === undefined ? {} : { maxTokens: input.maxTokens }),
          ...(input.temperature === undefined ? {} : { temperature: input.temperature }),
        },
        context: {
          window: model.contextWindow,
          history: earlier.length,
          summary,
          summarize: agent.summarize ? summaries.of({ model, sessionId, history, before: summary, budget }) : null,
        },
        tools: agentTools(tools, definitions, run, now, { principal: input.principal, workspaceId: workspace.id, agentId: agent.id, sessionId, userId }),
        callerTools: [],
        maxSteps: agent.maxSteps,
        startedAt,
        budget,
      },
    };
  }
}

/** The session's user counts where the request names none. Throws `forbidden`. */
function admit({ face, userId, channel, byClock }: ChatInput, session: Session | undefined, workspace: Workspace): void {
  if (byClock) return;
  const speaker = userId === undefined && session ? session : { userId: userId ?? null, channel };
  requireAdmission(workspace, speaker, face === "workspaces" ? "`userId`" : "`userId` with `POST /api/v1/messages`");
}

function systemMessages({ systemPrompt, context }: ChatInput, agent: AgentSettings, more: readonly string[]): ModelMessage[] {
  const prompt = systemPrompt ?? agent.systemPrompt;
  const texts = prompt === "" ? [] : [prompt];
  if (context && Object.keys(context).length > 0) texts.push(`Facts about the user, as JSON: ${JSON.stringify(context)}`);
  for (const text of more) if (text !== "") texts.push(text);
  return texts.length === 0 ? [] : [{ role: "system", content: texts.join("\n\n") }];
}

/** The beginning of the first message, on one line, whole characters. */
function titleOf(message: string): string {
  const line = message.trim().replaceAll(/\s+/g, " ").slice(0, titleLength);
  // A surrogate pair that the cut goes through is left out.
  return line.isWellFormed() ? line : line.slice(0, -1);
}

function anotherAgent(session: Session, agent: AgentSettings): GatewayError {
  return new GatewayError("conflict", `The session \`${session.id}\` belongs to the agent \`${session.agentId}\`, not \`${agent.id}\`. Use another session id.`);
}
