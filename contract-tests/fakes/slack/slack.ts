import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createDeliveries, type Acknowledgement } from "./deliveries.ts";
import { createWebApi, type Call, type Failure } from "./web-api.ts";

/** A message as a person or another bot writes it. */
export interface WrittenMessage {
  text?: string;
  /** Default `U1`, who calls herself Ada. */
  user?: string;
  /** Default `D1`, the direct conversation with her. One of `C…` is a channel, `G…` a group of people. */
  channel?: string;
  ts?: string;
  threadTs?: string;
  /** Whatever else the event has: `subtype`, `files`, `bot_id`, `parent_user_id`. */
  extra?: Record<string, unknown>;
}

/** A message of the bot as it stands in the channel. */
export interface SentSlackMessage {
  channel: string;
  ts: string;
  /** As people see it. */
  text: string;
  threadTs?: string | undefined;
  /** Each text that `chat.update` has put in its place. */
  edits: string[];
  /** All that `chat.postMessage` was given. */
  args: Readonly<Record<string, string>>;
}

/** Slack's Web API and its socket mode on a loopback port. */
export interface FakeSlack {
  /** What belongs into `apiRoot` of the channel's settings, and its two tokens. */
  readonly apiRoot: string;
  readonly botToken: string;
  readonly appToken: string;
  readonly botUserId: string;
  /** What the bot has sent, oldest first. */
  readonly sent: readonly SentSlackMessage[];
  /** Each call of the Web API, refused ones too. */
  readonly calls: readonly Call[];
  /** Envelopes that the app has acknowledged. */
  readonly acks: readonly Acknowledgement[];
  /** How many sockets have said hello, those that are gone included, and how many are open. */
  readonly greeted: number;
  readonly open: number;
  /** Names of people by their ids; others are unknown to `users.info`. */
  readonly people: Map<string, { name: string; isBot?: boolean }>;
  /**
   * Somebody writes: the app gets a `message`, and an `app_mention` behind it when a channel's message calls the bot. What is
   * not acknowledged comes again, up to three times. Answers the message's `ts`.
   */
  receive(message: WrittenMessage): string;
  /** Delivers any event, wrapped as Slack does it. Answers the envelope's id. */
  deliver(event: Record<string, unknown>): string;
  /** Sends a frame of any kind as it stands. */
  sendFrame(frame: unknown): void;
  /** Says that the sockets will be ended; with `link_disabled` and the like it ends them. */
  disconnect(reason: string): void;
  /** Cuts all sockets without a word. */
  drop(): void;
  /** The next call of the method (or `socket`, an upgrade) fails. Several failures of one method come one after another. */
  failNext(method: string, failure: Failure): void;
  /** Resolves once the condition holds, which is looked at whenever something has happened. */
  until(holds: () => boolean): Promise<void>;
  untilSent(count: number): Promise<void>;
  close(): Promise<void>;
}

/** `redeliverAfterMs`: how long an envelope may be unacknowledged; with Slack it is three seconds. `isSilent`: no hello. */
export async function startFakeSlack({ redeliverAfterMs = 3_000, isSilent = false } = {}): Promise<FakeSlack> {
  const people = new Map<string, { name: string; isBot?: boolean }>([["U1", { name: "Ada" }]]);
  const messages: SlackMessage[] = [];
  const waiting = new Set<() => void>();
  const happened = (): void => {
    for (const check of waiting) check();
  };
  const tokens = { bot: "xoxb-fake-0123456789-bot", app: "xapp-fake-0123456789-app" };
  let clock = 1_700_000_000;
  const nextTs = () => `${(clock += 1)}.000100`;

  const deliveries = createDeliveries({ redeliverAfterMs, isSilent, happened });
  const webApi = createWebApi({ tokens, botUserId, people, messages, nextTs, happened, socketUrl: () => `ws://127.0.0.1:${port}/link/?ticket=${deliveries.issueTicket()}` });
  const server = createServer((request, response) => void webApi.handle(request, response));
  server.on("upgrade", (request, socket, head) => {
    if (webApi.takeFailure("socket")) return void socket.destroy();
    deliveries.upgrade(request, socket, head);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;

  const until = (holds: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const check = (): void => {
        if (!holds()) return;
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      check();
    });

  return {
    apiRoot: `http://127.0.0.1:${port}/api`,
    botToken: tokens.bot,
    appToken: tokens.app,
    botUserId,
    sent: webApi.sent,
    calls: webApi.calls,
    acks: deliveries.acks,
    get greeted() {
      return deliveries.greeted;
    },
    get open() {
      return deliveries.open;
    },
    people,
    receive({ text = "", user = "U1", channel = "D1", ts = nextTs(), threadTs, extra = {} }) {
      messages.push({ channel, ts, user, text, threadTs });
      const parent = threadTs === undefined ? undefined : messages.find((message) => message.channel === channel && message.ts === threadTs)?.user;
      const event = { user, text, ts, channel, event_ts: ts, ...(threadTs === undefined ? {} : { thread_ts: threadTs, parent_user_id: parent }), ...extra };
      const kinds: Record<string, string> = { D: "im", C: "channel", G: "mpim" };
      deliveries.deliver({ type: "message", channel_type: kinds[channel[0] ?? ""], ...event });
      if (!channel.startsWith("D") && text.includes(`<@${botUserId}>`)) deliveries.deliver({ type: "app_mention", ...event });
      return ts;
    },
    deliver: deliveries.deliver,
    sendFrame: deliveries.sendFrame,
    disconnect: deliveries.disconnect,
    drop: deliveries.drop,
    failNext: webApi.failNext,
    until,
    untilSent: (count) => until(() => webApi.sent.length >= count),
    async close() {
      deliveries.close();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

const botUserId = "UBOT";

/** Of anybody, as `conversations.replies` tells of it. */
export interface SlackMessage {
  channel: string;
  ts: string;
  user: string;
  text: string;
  threadTs?: string | undefined;
}
