import type { ChatHandlers, OperationRequest } from "../../generated/server/handlers.ts";
import type { RequestContext } from "../http/request-context.ts";
import { badRequest } from "../http/validate.ts";
import type { Principal } from "../keys/principal.ts";
import type { RunFace, RunResult } from "../runs/run.ts";
import type { Runs } from "../runs/service.ts";
import { streamAnswer, waitForResult } from "./answer.ts";
import { agentsFace } from "./faces/agents.ts";
import { conversationsFace } from "./faces/conversations.ts";
import { membersOfEditions } from "./edition-members.ts";
import type { Face, Schemas } from "./faces/face.ts";
import { resumeStream } from "./resume.ts";
import type { Chat, ChatInput } from "./service.ts";

type ChatBody = OperationRequest<"chat">["body"];
type ChatQuery = OperationRequest<"streamChatByQuery">["query"];
type Handlers = Pick<ChatHandlers<RequestContext>, "chat" | "streamChat" | "streamChatByQuery">;

/** `/chat` and `/chat/stream`: the agents and the conversations edition on one path. */
export function createChatEditionHandlers({ chat, runs }: { chat: Chat; runs: Runs }): Handlers {
  const faceOf = (face: RunFace): Face<Schemas["ChatEvent"]> | undefined => (face === "agents" ? agentsFace : face === "conversations" ? conversationsFace : undefined);

  async function stream(body: ChatBody | ChatQuery, lastEventId: string | undefined, context: RequestContext) {
    if (lastEventId) return resumeStream(lastEventId, runs, faceOf, context);
    return begin(body, context);
  }

  async function begin(body: ChatBody | ChatQuery, context: RequestContext) {
    const run = await chat.begin({ ...decode(body, context.principal), requestId: context.requestId, principal: context.principal, reservedRun: context.reservedRun, stream: true });
    return run.identity.face === "agents" ? streamAnswer(run, agentsFace, context) : streamAnswer(run, conversationsFace, context);
  }

  return {
    async chat({ body }, context) {
      if (body.stream) return begin(body, context);
      const run = await chat.begin({ ...decode(body, context.principal), requestId: context.requestId, principal: context.principal, reservedRun: context.reservedRun, stream: false });
      const result = await waitForResult(run, context);
      return { status: 200, headers: { "X-Run-Id": run.id }, body: run.identity.face === "agents" ? agentsAnswer(result) : conversationsAnswer(result) };
    },
    streamChat: ({ body, headers }, context) => stream(body, headers["last-event-id"], context),
    streamChatByQuery: ({ query, headers }, context) => stream(query, headers["last-event-id"], context),
  };
}

type Decoded = Pick<ChatInput, "face" | "message" | "sessionId" | "sessionPrefix" | "channel" | "agentId" | "model" | "systemPrompt" | "maxTokens" | "temperature">;

/** The edition that the members decide, else the key. A body that mixes them is refused by the contract, a query here. */
function decode(body: ChatBody | ChatQuery, principal: Principal): Decoded {
  const { agents, conversations } = membersOfEditions(body);
  if (agents.length > 0 && conversations.length > 0) {
    throw badRequest(agents.map((name) => ({ path: `/query/${name}`, message: `cannot go with \`${conversations.join("`, `")}\`` })));
  }
  const isAgents = agents.length > 0 || (conversations.length === 0 && principal.edition === "agents");
  const { message } = body;
  if (isAgents) {
    const { agentId, sessionId = null } = body as Extract<ChatBody, { agentId?: unknown }>;
    return { face: "agents", message, channel: "api", sessionPrefix: "sess", sessionId, agentId };
  }
  const { conversationId = null, model, systemPrompt, maxTokens, temperature } = body as Extract<ChatBody, { conversationId?: unknown }>;
  return { face: "conversations", message, channel: "api", sessionPrefix: "conv", sessionId: conversationId, model, systemPrompt, maxTokens, temperature };
}

function agentsAnswer({ run, content, model, finished }: RunResult): Schemas["AgentsChatAnswer"] {
  const { messageId } = run;
  const { sessionId } = run.identity;
  return { status: "ok", sessionId: sessionId ?? "", response: { content, messageId, model, usage: finished.usage } };
}

function conversationsAnswer({ run, content, model, finished }: RunResult): Schemas["ConversationsChatAnswer"] {
  const { messageId } = run;
  const { sessionId } = run.identity;
  return { id: messageId, conversationId: sessionId ?? "", role: "assistant", content, model, usage: finished.usage, latency: finished.latencyMs };
}
