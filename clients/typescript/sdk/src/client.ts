import { createConnection, dataOf, type Connection } from "../../core/connection.ts";
import type { CallOptions, EventStream, EventsOf, Schemas, Sessions, StreamOptions } from "../../core/index.ts";
import { createSessions } from "../../core/sessions.ts";
import { createAgents, type Agents } from "./agents.ts";
import type { AgentsChat, Chat, ChatAnswer, ConversationsChat } from "./chat.ts";
import { createConversations, type Conversations } from "./conversations.ts";
import { createLogs, type Logs } from "./logs.ts";
import { acceptedOf, messageOf, requestOf, type AcceptedMessage, type Message, type MessageOptions } from "./message.ts";
import { createModels, type Models } from "./models.ts";
import { createRuns, type Runs } from "./runs.ts";

export interface OpenClawClientOptions {
  /** Where the gateway is, without `/api/v1`. Default `http://127.0.0.1:18789`. */
  baseUrl?: string | undefined;
  /** The token of a key; a gateway with auth off needs none. */
  token?: string | undefined;
  /** Another fetch than the platform's: a proxy, a test, instrumentation. */
  fetch?: typeof globalThis.fetch | undefined;
}

/**
 * An OpenClaw gateway. `message` and `stream` are the operator edition; `chat` and `chatStream` the agents and the
 * conversations edition. Every call throws an OpenClawError for an error answer, and takes an AbortSignal.
 */
export class OpenClawClient {
  readonly #connection: Connection;
  readonly conversations: Conversations;
  readonly agents: Agents;
  readonly sessions: Sessions;
  readonly models: Models;
  readonly runs: Runs;
  readonly logs: Logs;

  constructor({ baseUrl = "http://127.0.0.1:18789", token, fetch }: OpenClawClientOptions = {}) {
    const connection = createConnection({ baseUrl, token, fetch });
    this.#connection = connection;
    this.conversations = createConversations(connection);
    this.agents = createAgents(connection);
    this.sessions = createSessions(connection);
    this.models = createModels(connection);
    this.runs = createRuns(connection);
    this.logs = createLogs(connection);
  }

  /** What the gateway is doing, and how its parts fare. Wants a key with `metrics:read`. */
  status(options?: CallOptions): Promise<Schemas["GatewayStatus"]> {
    const { api, via } = this.#connection;
    return dataOf(api.GET("/api/v1/status", via(options)));
  }

  /** Says something to the agent and waits for the whole answer. Throws `timeout` (408) past `timeoutMs`; the run then goes on. */
  async message(text: string, options: MessageOptions = {}): Promise<Message> {
    const { api, via } = this.#connection;
    return messageOf(await dataOf(api.POST("/api/v1/message", { body: requestOf(text, options), ...via(options) })));
  }

  /** Says something to the agent and does not wait: the run goes on by itself, to be read at `runs.get` or `runs.events`. */
  async start(text: string, options: Omit<MessageOptions, "timeoutMs"> = {}): Promise<AcceptedMessage> {
    const { api, via } = this.#connection;
    const body = { ...requestOf(text, options), wait_for_response: false };
    return acceptedOf(await dataOf(api.POST("/api/v1/message", { body, ...via(options) })));
  }

  /** Says something to the agent and yields the answer as it is made: start, delta, tool_use, tool_result, and one done. */
  stream(text: string, options: MessageOptions & StreamOptions = {}): EventStream<EventsOf<"message">> {
    const body = requestOf(text, options);
    const headers = { Accept: "text/event-stream" };
    return this.#connection.stream((via) => this.#connection.api.POST("/api/v1/message", { body, headers, parseAs: "stream", ...via }), options);
  }

  /**
   * A turn in the edition that the request's members decide: with `agentId` or `sessionId` the agents edition, with
   * `conversationId`, `model`, `systemPrompt`, `maxTokens` or `temperature` the conversations edition; with neither, the key's.
   */
  chat(request: AgentsChat, options?: CallOptions): Promise<Schemas["AgentsChatResponse"]>;
  chat(request: ConversationsChat, options?: CallOptions): Promise<Schemas["ConversationsChatResponse"]>;
  chat(request: Chat, options?: CallOptions): Promise<ChatAnswer>;
  chat(request: Chat, options?: CallOptions): Promise<ChatAnswer> {
    const { api, via } = this.#connection;
    return dataOf(api.POST("/api/v1/chat", { body: request, ...via(options) }));
  }

  /** The same turn as events: start, text (or delta), tool_use, tool_result, and one end (or done). */
  chatStream(request: AgentsChat, options?: StreamOptions): EventStream<Exclude<Schemas["AgentsChatEvent"], Schemas["ErrorEvent"]>>;
  chatStream(request: ConversationsChat, options?: StreamOptions): EventStream<Exclude<Schemas["ConversationsChatEvent"], Schemas["ErrorEvent"]>>;
  chatStream(request: Chat, options?: StreamOptions): EventStream<EventsOf<"streamChat">>;
  chatStream(request: Chat, options?: StreamOptions): EventStream<never> {
    return this.#connection.stream((via) => this.#connection.api.POST("/api/v1/chat/stream", { body: request, parseAs: "stream", ...via }), options);
  }

  /** What the gateway is connected to. Any key may ask. */
  health(options?: CallOptions): Promise<Schemas["ConnectedHealth"]> {
    const { api, via } = this.#connection;
    return dataOf(api.GET("/api/v1/health", via(options)));
  }
}
