import type { Selectable } from "kysely";
import type { ChannelName } from "../connectors/port.ts";
import type { NewEvent } from "../events/event.ts";
import type { EventWriter } from "../events/writer.ts";
import { newId } from "../ids.ts";
import type { Database } from "../storage/database.ts";
import { prepare } from "../storage/prepared.ts";
import type { Prunable } from "../storage/retention.ts";
import type { ChannelInboxTable } from "../storage/schema.ts";
import type { DeliveredMessage, ReceivedMessage } from "./message.ts";

/** A message that waits for its answer. */
export interface InboxMessage {
  id: string;
  channel: ChannelName;
  workspaceId: string;
  chatId: string;
  messageId: string;
  chatType: "direct" | "group";
  userId: string;
  userName: string;
  text: string;
  runId: string;
  /** How many parts of the answer are out as they are to be. */
  partsSent: number;
  /** The part behind them, where it is out and still to be edited. */
  openMessageId: string | null;
}

/** What a channel has carried, ever. */
export interface ChannelCounts {
  received: number;
  sent: number;
  failed: number;
  /** Epoch milliseconds. */
  lastMessageAt: number | null;
}

/** What a receipt of a platform means for the answer that it is a part of. */
export type Progress =
  /** The part is out, and goes on being edited. */
  | { inboxId: string; step: "opened" }
  /** The part is as it is to be. */
  | { inboxId: string; step: "sent" | "closed" };

export interface ChannelStore extends Prunable {
  /** Stores a message, once. `full` when the chat has `mostWaiting` waiting before it: it is then not answered. */
  take(message: ReceivedMessage, mostWaiting: number): Promise<"taken" | "known" | "full">;
  /** The oldest message of a chat that waits. */
  next(channel: ChannelName, chatId: string): Promise<InboxMessage | undefined>;
  /** The chats of a channel in which messages wait. */
  waitingChats(channel: ChannelName): Promise<string[]>;
  /** The platform has a message, or the last edit of one; `progress` where it is a part of an answer. */
  noteSent(message: DeliveredMessage, progress: Progress | null): Promise<void>;
  noteFailed(channel: ChannelName): Promise<void>;
  /** The message is answered, or will not be. With the event that tells of the answer, where there is one. */
  settle(id: string, event: NewEvent | null): Promise<void>;
  counts(): Promise<Map<string, ChannelCounts>>;
}

export function createChannelStore({ database, events }: { database: Database; events: Pick<EventWriter, "append"> }): ChannelStore {
  const { kysely } = database;
  const inbox = "channel_inbox";

  const nextQuery = prepare<{ channel: string; chatId: string }>()((value) =>
    kysely.selectFrom(inbox).selectAll().where("status", "=", "waiting").where("channel", "=", value("channel")).where("chat_id", "=", value("chatId")).orderBy("id").limit(1),
  );

  const count = (channel: ChannelName, what: "received" | "sent" | "failed", at: number | null) =>
    kysely
      .insertInto("channel_counts")
      .values({ channel, received: 0, sent: 0, failed: 0, last_message_at: at, [what]: 1 })
      .onConflict((conflict) =>
        conflict.column("channel").doUpdateSet((its) => ({ [what]: its(`channel_counts.${what}`, "+", 1), ...(at === null ? {} : { last_message_at: at }) })),
      )
      .compile();

  return {
    take: (message, mostWaiting) =>
      database.run(function* () {
        const row = toRow(message);
        const { affected } = yield kysely.insertInto(inbox).values(row).onConflict((conflict) => conflict.columns(["channel", "platform_id"]).doNothing()).compile();
        if (affected === 0) return "known";
        yield count(message.channel, "received", message.receivedAt);
        const { rows } = yield kysely.selectFrom(inbox).select("id").where("status", "=", "waiting").where("channel", "=", row.channel).where("chat_id", "=", row.chat_id).limit(mostWaiting + 1).compile();
        if (rows.length <= mostWaiting) return "taken";
        yield kysely.updateTable(inbox).set({ status: "done", text: "" }).where("id", "=", row.id).compile();
        return "full";
      }),
    async next(channel, chatId) {
      const [row] = database.read(nextQuery({ channel, chatId }));
      return row && toMessage(row);
    },
    async waitingChats(channel) {
      const rows = await kysely.selectFrom(inbox).select("chat_id").distinct().where("status", "=", "waiting").where("channel", "=", channel).execute();
      return rows.map(({ chat_id: chatId }) => chatId);
    },
    noteSent: (message, progress) =>
      database.run(function* () {
        if (progress?.step !== "closed") yield count(message.channel, "sent", message.sentAt);
        // An answer is told of once, when all of it is out.
        if (!progress) return yield* events.append(sentEvent(message));
        const change = kysely.updateTable(inbox).where("id", "=", progress.inboxId);
        if (progress.step === "opened") yield change.set({ open_message_id: message.messageId }).compile();
        else yield change.set((its) => ({ open_message_id: null, parts_sent: its("parts_sent", "+", 1) })).compile();
      }),
    noteFailed: (channel) =>
      database.run(function* () {
        yield count(channel, "failed", null);
      }),
    settle: (id, event) =>
      database.run(function* () {
        yield kysely.updateTable(inbox).set({ status: "done", text: "" }).where("id", "=", id).compile();
        if (event) yield* events.append(event);
      }),
    async counts() {
      const rows = await kysely.selectFrom("channel_counts").selectAll().execute();
      return new Map(rows.map(({ channel, last_message_at: lastMessageAt, ...numbers }) => [channel, { ...numbers, lastMessageAt }]));
    },
    deleteBefore: (at, most) =>
      database.run(function* () {
        const oldest = kysely.selectFrom(inbox).select("id").where("created_at", "<", at).orderBy("created_at").limit(most);
        return (yield kysely.deleteFrom(inbox).where("id", "in", oldest).compile()).affected;
      }),
  };
}

function sentEvent({ channel, workspaceId, chatId, messageId, text, sentAt }: DeliveredMessage): NewEvent {
  const data = { runId: null, userId: null, channel, chatId, response: text, model: null, tokensUsed: 0, latencyMs: null };
  return { type: "message.sent", at: sentAt, workspaceId, sessionId: null, messageId, data };
}

function toRow(message: ReceivedMessage): Selectable<ChannelInboxTable> {
  return {
    id: newId("in"),
    channel: message.channel,
    platform_id: message.id,
    workspace_id: message.workspaceId,
    chat_id: message.chatId,
    message_id: message.messageId,
    chat_type: message.chatType,
    user_id: message.userId,
    user_name: message.userName,
    text: message.text,
    run_id: message.runId,
    status: "waiting",
    parts_sent: 0,
    open_message_id: null,
    created_at: message.receivedAt,
  };
}

function toMessage(row: Selectable<ChannelInboxTable>): InboxMessage {
  return {
    id: row.id,
    channel: row.channel as ChannelName,
    workspaceId: row.workspace_id,
    chatId: row.chat_id,
    messageId: row.message_id,
    chatType: row.chat_type,
    userId: row.user_id,
    userName: row.user_name,
    text: row.text,
    runId: row.run_id,
    partsSent: row.parts_sent,
    openMessageId: row.open_message_id,
  };
}
