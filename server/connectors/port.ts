/** The messaging platforms that there are connectors for. */
export type ChannelName = "telegram" | "discord" | "slack" | "whatsapp";

/**
 * The port to a messaging platform: what `channels/` knows of it. An adapter speaks the platform's protocol and nothing else;
 * what a message means (sessions, turns, allow lists, order, retries of answers) is decided in `channels/`.
 */
export interface Connector {
  readonly channel: ChannelName;
  /** Characters, as the platform counts them, that one message may have. */
  readonly maxTextLength: number;
  /** How long to wait between two edits of one message. Null where messages cannot be edited. */
  readonly editIntervalMs: number | null;
  /** How long a typing sign is shown by one call. Null where there is none. */
  readonly typingIntervalMs: number | null;
  /** Begins to connect, and reconnects with backoff and jitter until `stop`. Returns at once; what comes of it is told by `changed`. */
  start(): void;
  /** Lets go of the platform; resolves once nothing more comes in or goes out. May be called twice. */
  stop(): Promise<void>;
  status(): ConnectorStatus;
  /**
   * Sends one message of at most `maxTextLength` characters. Resolves with the platform's receipt; throws ConnectorError.
   * It makes one attempt: whoever calls decides about another.
   */
  send(chatId: string, message: OutboundMessage, signal?: AbortSignal): Promise<SentMessage>;
  /** Puts another text in the place of a message sent before. Throws ConnectorError. Only where `editIntervalMs` is not null. */
  edit?(chatId: string, messageId: string, message: OutboundMessage, signal?: AbortSignal): Promise<void>;
  /** Shows that an answer is on its way. Never throws: nothing depends on it. `messageId` is the one that is being answered. */
  showTyping?(chatId: string, messageId: string): Promise<void>;
}

export interface OutboundMessage {
  text: string;
  /** `plain` arrives letter by letter; `markdown` (CommonMark, as models write it) as the platform shows such things best. */
  format: "plain" | "markdown";
  /** The platform's id of a message that this one answers; platforms that show that do so in groups. */
  replyTo?: string | undefined;
}

export interface SentMessage {
  /** The platform's own id. */
  messageId: string;
}

export interface ConnectorStatus {
  state: "connected" | "connecting" | "disconnected";
  /** Epoch milliseconds: since when it is in this state. */
  since: number;
  /** Why it is not connected, in words for an operator; holds no secret. Null while all is well. */
  error: string | null;
}

/** What a connector tells the gateway. */
export interface ConnectorEvents {
  /**
   * A message of a person has come in. Resolves once it is stored: only then may the connector tell the platform that it has it.
   * When it rejects, the platform must deliver it again. Messages of one chat are told in their order. The same message told twice is taken once.
   */
  received(message: InboundMessage): Promise<void>;
  /** The status is another than before. */
  changed(status: ConnectorStatus): void;
}

export interface InboundMessage {
  /** What the platform calls the message: the same each time it delivers it, and no other's of this channel. */
  id: string;
  /** Where answers go, as `send` takes it. One conversation has one, be it a thread. */
  chatId: string;
  /** What `replyTo` and `showTyping` take. */
  messageId: string;
  /** A group's messages come here only when they mention the bot or answer it. */
  chatType: "direct" | "group";
  /** The platform's id of the person; allow lists have it behind the channel's name and a colon. */
  userId: string;
  /** As the person calls themself. */
  userName: string;
  /** What was written, without the mention of the bot; a caption and the names of files, where there are some. Never empty. */
  text: string;
  /** Epoch milliseconds, by the platform's clock. */
  sentAt: number;
}

/**
 * A message did not get out.
 * - `unavailable`: not connected, out of reach, or told to wait (429). It was not delivered; later it may be.
 * - `refused`: the platform has said no, and will again. The message is its reason, without secrets.
 * - `unknown`: the connection broke before the receipt came. It may have been delivered.
 */
export class ConnectorError extends Error {
  override readonly name = "ConnectorError";
  readonly kind: "unavailable" | "refused" | "unknown";
  /** When to try again, where the platform says so. */
  readonly retryAfterMs: number | null;

  constructor(kind: ConnectorError["kind"], message: string, { retryAfterMs = null, cause }: { retryAfterMs?: number | null; cause?: unknown } = {}) {
    super(message, { cause });
    this.kind = kind;
    this.retryAfterMs = retryAfterMs;
  }
}

/**
 * A connector that is told what comes in by requests of the platform to the gateway (webhooks), rather than by a connection of
 * its own. `http/` knows only of this.
 */
export interface WebhookConnector {
  /**
   * Refuses a request by its head alone, before its body is read: a flood with wrong secrets costs little. Throws GatewayError.
   * Only where the head tells.
   */
  admit?(headers: PlatformCallback["headers"]): void;
  /** Answers a request of the platform once what it holds is stored. Throws GatewayError: `unauthorized` for a wrong signature. */
  takeCallback(callback: PlatformCallback): Promise<void>;
}

export interface PlatformCallback {
  headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The body's bytes as sent: signatures are over these. */
  rawBody: Buffer;
  /** The same, parsed. */
  body: unknown;
}
