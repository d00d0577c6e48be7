import type { ConnectionOptions } from "../../core/connection.ts";
import { GatewayClient } from "../../core/gateway-client.ts";
import type { CallOptions, EventStream, EventsOf, Schemas, Sessions, StreamOptions } from "../../core/index.ts";
import { createSessions } from "../../core/sessions.ts";
import { createAgents, type Agents } from "./agents.ts";
import type { AgentsChat, Chat, ChatAnswer, ConversationsChat } from "./chat.ts";
import { createConversations, type Conversations } from "./conversations.ts";
import { createLogs, type Logs } from "./logs.ts";
import { acceptedOf, callOf, messageOf, requestOf, type AcceptedMessage, type Message, type MessageOptions } from "./message.ts";
import { createModels, type Models } from "./models.ts";
import { createRuns, type Runs } from "./runs.ts";

export interface OpenClawClientOptions extends Omit<ConnectionOptions, "baseUrl"> {
  /** Where the gateway is, without `/api/v1`. Default `http://127.0.0.1:18789`. */
  baseUrl?: string | undefined;
  /** The token of a key; a gateway with auth off needs none. */
  token?: string | undefined;
}

/**
 * An OpenClaw gateway. `message` and `stream` are the operator edition; `chat` and `chatStream` the agents and the
 * conversations edition. Every call throws an OpenClawError for an error answer, and takes an AbortSignal.
 */
export class OpenClawClient extends GatewayClient {
  readonly conversations: Conversations;
  readonly agents: Agents;
  readonly sessions: Sessions;
  readonly models: Models;
  readonly runs: Runs;
  readonly logs: Logs;

  constructor({ baseUrl = "http://127.0.0.1:18789", ...options }: OpenClawClientOptions = {}) {
    super({ ...options, baseUrl });
    const { connection } = this;
    this.conversations = createConversations(connection);
    this.agents = createAgents(connection);
    this.sessions = createSessions(connection);
    this.models = createModels(connection);
    this.runs = createRuns(connection);
    this.logs = createLogs(connection);
  }

  /** What the gateway is doing, and how its parts fare. Wants a key with `metrics:read`. */
  status(options?: CallOptions): Promise<Schemas["GatewayStatus"]> {
    return this.call("getStatus", {}, options);
  }

  /** Says something to the agent and waits for the whole answer. Throws `timeout` (408) past `timeoutMs`; the run then goes on. */
  async message(text: string, options: MessageOptions = {}): Promise<Message> {
    return messageOf(await this.call("message", { body: requestOf(text, options) }, callOf(options)));
  }

  /** Says something to the agent and does not wait: the run goes on by itself, to be read at `runs.get` or `runs.events`. */
  async start(text: string, options: Omit<MessageOptions, "timeoutMs"> & CallOptions = {}): Promise<AcceptedMessage> {
    return acceptedOf(await this.call("message", { body: { ...requestOf(text, options), wait_for_response: false } }, options));
  }

  /** Says something to the agent and yields the answer as it is made: start, delta, tool_use, tool_result, and one done. */
  stream(text: string, options: MessageOptions & StreamOptions = {}): EventStream<EventsOf<"message">> {
    return this.streamOf("message", { body: requestOf(text, options) }, options);
  }

  /**
   * A turn in the edition that the request's members decide: with `agentId` or `sessionId` the agents edition, with
   * `conversationId`, `model`, `systemPrompt`, `maxTokens` or `temperature` the conversations edition; with neither, the key's.
   */
  chat(request: AgentsChat, options?: CallOptions): Promise<Schemas["AgentsChatAnswer"]>;
  chat(request: ConversationsChat, options?: CallOptions): Promise<Schemas["ConversationsChatAnswer"]>;
  chat(request: Chat, options?: CallOptions): Promise<ChatAnswer>;
  chat(request: Chat, options?: CallOptions): Promise<ChatAnswer> {
    return this.call("chat", { body: request }, options);
  }

  /** The same turn as events: start, text (or delta), tool_use, tool_result, and one end (or done). */
  chatStream(request: AgentsChat, options?: StreamOptions): EventStream<Exclude<Schemas["AgentsChatEvent"], Schemas["ErrorEvent"]>>;
  chatStream(request: ConversationsChat, options?: StreamOptions): EventStream<Exclude<Schemas["ConversationsChatEvent"], Schemas["ErrorEvent"]>>;
  chatStream(request: Chat, options?: StreamOptions): EventStream<EventsOf<"streamChat">>;
  chatStream(request: Chat, options?: StreamOptions): EventStream<never> {
    return this.streamOf("streamChat", { body: request }, options) as EventStream<never>;
  }

  /** What the gateway is connected to. Any key may ask. */
  health(options?: CallOptions): Promise<Schemas["ConnectedHealth"]> {
    return this.call("getApiHealth", {}, options);
  }
}
