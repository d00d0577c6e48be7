import type { Agents, AgentSettings } from "../agents/service.ts";
import { GatewayError } from "../errors.ts";
import { newId } from "../ids.ts";
import { homeWorkspace, type Principal } from "../keys/principal.ts";
import type { ModelMessage } from "../providers/port.ts";
import type { Providers, ResolvedModel } from "../providers/registry.ts";
import type { Run, RunFace } from "../runs/run.ts";
import type { PreparedRun, Runs } from "../runs/service.ts";
import { noSession, type Session, type Sessions, type SpokenMessage } from "../sessions/service.ts";
import type { Tools } from "../tools/registry.ts";
import type { Workspaces } from "../workspaces/service.ts";
import { agentTools } from "./agent-tools.ts";
import { createHistoryCache } from "./history-cache.ts";
import { historyMessages, mostHistoryMessages } from "./history.ts";
import { createSessionLock } from "./session-lock.ts";

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
  /** Whether somebody reads the text as it comes. */
  stream: boolean;
  /** Whether the turn goes on although nobody waits for it. */
  keep?: boolean;
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
   * session has a turn under way. Throws `bad_request` (agent), `not_found` (workspace, session, model), `conflict`.
   */
  begin(input: ChatInput): Promise<Run>;
}

export interface ChatOptions {
  agents: Agents;
  workspaces: Workspaces;
  sessions: Sessions;
  providers: Providers;
  tools: Tools;
  runs: Runs;
  now: () => number;
}

const titleLength = 80;

/** The one way a message becomes a turn, whatever face it came in by. */
export function createChat({ agents, workspaces, sessions, providers, tools, runs, now }: ChatOptions): Chat {
  const lock = createSessionLock();
  const cache = createHistoryCache();

  return {
    async begin(input) {
      const startedAt = performance.now();
      const { principal, sessionId: wantedId } = input;
      const named = input.agentId === undefined ? undefined : agents.named(input.agentId, "/agentId");
      const found = wantedId === null ? undefined : await findSession(wantedId, input);
      const workspaceId = found?.workspaceId ?? input.workspaceId ?? homeWorkspace(principal);
      const workspace = await workspaces.getFor(principal, workspaceId);
      if (found && named && found.agentId !== named.id) throw anotherAgent(found, named);
      const agent = named ?? (found && agents.find(found.agentId)) ?? (workspace.agentId === null ? undefined : agents.find(workspace.agentId)) ?? agents.default;
      const sessionId = wantedId ?? newId(input.sessionPrefix);

      const run = runs.create({
        face: input.face,
        principal,
        requestId: input.requestId,
        sessionId,
        workspaceId,
        agentId: agent.id,
        userId: input.userId ?? found?.userId ?? null,
        channel: input.channel,
        createdAt: now(),
        isStreamed: input.stream,
        faceOptions: {},
      });
      if (input.keep) run.keep();
      const isQueued = lock.isHeld(sessionId);
      const resolved = await providers.resolve(input.model ?? agent.model, run.signal);
      runs.start(run, {
        acquire: (signal) => lock.acquire(sessionId, signal),
        prepare: () => prepare(input, run, agent, resolved, startedAt, isQueued ? undefined : { session: found }),
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

  /** Called when it is the turn's turn: reads the history as the turns before it left it. */
  async function prepare(
    input: ChatInput,
    run: Run,
    agent: AgentSettings,
    { provider, model }: ResolvedModel,
    startedAt: number,
    known: { session: Session | undefined } | undefined,
  ): Promise<PreparedRun> {
    const { identity } = run;
    const sessionId = identity.sessionId as string;
    // After a wait it is looked up again: a turn before this one may have made it.
    const { session } = known ?? { session: await findSession(sessionId, { ...input, workspaceId: identity.workspaceId }) };
    const history = session && session.messageCount > 0 ? (cache.get(session) ?? (await sessions.recentMessages(sessionId, mostHistoryMessages))) : [];
    run.ended.then(
      ({ content, finishedAt }) => {
        const said: SpokenMessage[] = [
          { role: "user", content: input.message, toolCalls: null },
          { role: "assistant", content, toolCalls: run.toolCalls.length > 0 ? run.toolCalls : null },
        ];
        cache.keep({ id: sessionId, messageCount: (session?.messageCount ?? 0) + said.length, lastActiveAt: finishedAt }, [...history, ...said].slice(-mostHistoryMessages));
      },
      () => {},
    );
    const definitions = tools.definitions(agent.tools);
    const messages: ModelMessage[] = [
      ...systemMessages(input, agent),
      ...historyMessages(history, definitions.length > 0),
      { role: "user", content: input.message },
    ];
    return {
      newSession: session
        ? null
        : {
            id: sessionId,
            workspaceId: identity.workspaceId,
            agentId: agent.id,
            userId: identity.userId,
            channel: input.channel,
            title: titleOf(input.message),
            createdAt: now(),
          },
      userMessage: { id: newId("msg"), content: input.message },
      messageId: newId("msg"),
      turn: {
        provider,
        request: {
          model,
          messages,
          stream: input.stream,
          ...(input.maxTokens === undefined ? {} : { maxTokens: input.maxTokens }),
          ...(input.temperature === undefined ? {} : { temperature: input.temperature }),
        },
        tools: agentTools(tools, definitions),
        callerTools: [],
        maxSteps: agent.maxSteps,
        startedAt,
      },
    };
  }
}

function systemMessages({ systemPrompt, context }: ChatInput, agent: AgentSettings): ModelMessage[] {
  const prompt = systemPrompt ?? agent.systemPrompt;
  const texts = prompt === "" ? [] : [prompt];
  if (context && Object.keys(context).length > 0) texts.push(`Facts about the user, as JSON: ${JSON.stringify(context)}`);
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
