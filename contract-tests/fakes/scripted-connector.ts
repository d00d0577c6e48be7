import { vi } from "vitest";
import type { ConnectorTable } from "../../server/channels/connectors.ts";
import { type ChannelName, type Connector, ConnectorError, type ConnectorEvents, type ConnectorStatus, type InboundMessage, type OutboundMessage } from "../../server/connectors/port.ts";

/** A message as it stands in a chat: a later edit has changed it. */
export interface ChatMessage extends OutboundMessage {
  chatId: string;
  messageId: string;
  /** How often it was edited. */
  edits: number;
}

/** What a script may say of one attempt: an error, or something to wait for before the platform answers. */
export type Fault = ConnectorError | Promise<unknown>;

/** A platform whose people and faults a test plays. What it is given over the port it keeps as a chat would show it. */
export interface ScriptedPlatform {
  /** Gives it to a gateway. */
  readonly connectors: ConnectorTable;
  /** What stands in the chats, the oldest first. */
  readonly sent: readonly ChatMessage[];
  /** How often a typing sign was shown. */
  readonly typed: number;
  /** How many connectors have been started, and are not stopped. */
  readonly running: number;
  /** How many connectors there have been. */
  readonly made: number;
  /** A person writes. Resolves once the gateway has it. Without an id it is a new message. */
  receive(message?: Partial<InboundMessage>): Promise<void>;
  /** The next attempts to send, or to edit, meet these. */
  failNext(what: "send" | "edit", ...faults: Fault[]): void;
  become(state: ConnectorStatus["state"], error?: string | null): void;
  /** Resolves once a gateway has connected. */
  untilConnected(): Promise<void>;
  /** The texts of one chat. */
  texts(chatId?: string): string[];
  /** Resolves once so many attempts to send have been made. */
  untilTried(count: number): Promise<void>;
  /** Resolves once so many messages stand in the chats. */
  untilSent(count: number): Promise<void>;
}

export interface ScriptedOptions {
  channel?: ChannelName;
  maxTextLength?: number;
  /** By itself null: answers go out once they are whole. */
  editIntervalMs?: number | null;
  typingIntervalMs?: number | null;
  /** The chats as another connector of the platform has left them. */
  chats?: ScriptedPlatform;
}

/** Only how long a test waits before it fails. */
export const patience = { timeout: 10_000, interval: 5 };

export function scriptedPlatform({ channel = "telegram", maxTextLength = 4096, editIntervalMs = null, typingIntervalMs = null, chats }: ScriptedOptions = {}): ScriptedPlatform {
  const sent: ChatMessage[] = chats ? structuredClone([...chats.sent]) : [];
  const faults = { send: [] as Fault[], edit: [] as Fault[] };
  const running = new Set<Connector>();
  let events: ConnectorEvents | undefined;
  let status: ConnectorStatus = { state: "connecting", since: Date.now(), error: null };
  let made = 0;
  let typed = 0;
  let tried = 0;
  let received = 0;

  async function meetFault(what: "send" | "edit", signal: AbortSignal | undefined): Promise<void> {
    const fault = faults[what].shift();
    if (fault instanceof ConnectorError) throw fault;
    const cut = new Promise<never>((_resolve, reject) => signal?.addEventListener("abort", () => reject(new ConnectorError("unknown", "cut off")), { once: true }));
    await Promise.race([fault, cut]);
  }

  function become(state: ConnectorStatus["state"], error: string | null = null): void {
    status = { state, since: Date.now(), error };
    events?.changed(status);
  }

  function create(given: ConnectorEvents): Connector {
    made++;
    events = given;
    const connector: Connector = {
      channel,
      maxTextLength,
      editIntervalMs,
      typingIntervalMs,
      start() {
        running.add(connector);
        become("connected");
      },
      async stop() {
        running.delete(connector);
      },
      status: () => status,
      async send(chatId, message, signal) {
        tried++;
        await meetFault("send", signal);
        const messageId = `m${sent.length + 1}`;
        sent.push({ ...message, chatId, messageId, edits: 0 });
        return { messageId };
      },
      async edit(chatId, messageId, { text }, signal) {
        await meetFault("edit", signal);
        const message = sent.find((one) => one.chatId === chatId && one.messageId === messageId);
        if (!message) throw new ConnectorError("refused", "message to edit not found");
        Object.assign(message, { text, edits: message.edits + 1 });
      },
      async showTyping() {
        typed++;
      },
    };
    return connector;
  }

  const texts = (chatId?: string) => sent.filter((message) => chatId === undefined || message.chatId === chatId).map(({ text }) => text);

  return {
    connectors: { [channel]: async () => ({ events: given }: { events: ConnectorEvents }) => create(given) },
    sent,
    get typed() {
      return typed;
    },
    get running() {
      return running.size;
    },
    get made() {
      return made;
    },
    async receive(message = {}) {
      if (!events) throw new Error("the gateway has not made the connector yet");
      received++;
      const id = message.id ?? `in${received}`;
      await events.received({ id, chatId: "7", messageId: id, chatType: "direct", userId: "123", userName: "Anna", text: "Hello", sentAt: Date.now(), ...message });
    },
    failNext: (what, ...more) => void faults[what].push(...more),
    become,
    texts,
    untilConnected: () =>
      vi.waitFor(() => {
        if (running.size === 0) throw new Error("no gateway has connected");
      }, patience),
    untilTried: (count) =>
      vi.waitFor(() => {
        if (tried < count) throw new Error(`${tried} of ${count} attempts were made`);
      }, patience),
    untilSent: (count) =>
      vi.waitFor(() => {
        if (sent.length < count) throw new Error(`${sent.length} of ${count} messages were sent: ${JSON.stringify(texts())}`);
      }, patience),
  };
}
