import type { ErrorCode } from "../errors.ts";
import type { FinishReason, Usage } from "../providers/port.ts";

/** What each type of event tells, in the words of the contract (`spec/events`). Webhooks, `/ws`, streams and the history all have these. */
export interface EventData {
  "message.received": Turn & { messageId: string; sessionId: string | null; conversationId: string | null; chatId: string | null; from: Sender | null; content: string | null; timestamp: string };
  "message.sent": {
    messageId: string;
    runId: string | null;
    sessionId: string | null;
    conversationId: string | null;
    workspace: string;
    userId: string | null;
    channel: string;
    chatId: string | null;
    response: string | null;
    model: string | null;
    tokensUsed: number;
    latencyMs: number | null;
  };
  "conversation.created": NewSession & { conversationId: string };
  "session.started": NewSession & { sessionId: string };
  "session.ended": { sessionId: string; workspace: string; reason: "deleted" };
  "channel.connected": { channel: string; workspace: string };
  "channel.disconnected": { channel: string; workspace: string; reason: string | null };
  "error.agent": Turn & { sessionId: string | null; error: Failure };
  "tool.invoked": { tool: string; runId: string | null; sessionId: string | null; workspace: string; agent: string | null; userId: string | null; isError: boolean; durationMs: number };
  "run.finished": Turn & {
    sessionId: string | null;
    messageId: string | null;
    keyId: string;
    status: "completed" | "failed" | "cancelled";
    model: string | null;
    usage: Usage | null;
    costUSD: number | null;
    latencyMs: number;
    finishReason: FinishReason | null;
    toolsInvoked: string[];
    error: Failure | null;
  };
  "cron.finished": {
    jobId: string;
    runId: string | null;
    sessionId: string | null;
    workspace: string;
    status: "completed" | "failed" | "cancelled" | "timeout";
    response: string | null;
    error: string | null;
    scheduledFor: string | null;
  };
}

interface Turn {
  runId: string;
  workspace: string;
  agent: string;
  userId: string | null;
  channel: string;
}

interface NewSession {
  workspace: string;
  agent: string;
  userId: string | null;
  channel: string;
}

interface Failure {
  code: ErrorCode;
  message: string;
}

/** Who wrote a message, as the channel knows them. */
export interface Sender {
  id: string | null;
  name: string | null;
}

export type EventType = keyof EventData;

/** Members that the log keeps in columns, or finds where they are stored anyway. */
type Found = "workspace" | "sessionId" | "conversationId" | "messageId" | "timestamp";

/** Members that are the text of a message. */
type Text = "content" | "response";

/** An event to be written. */
export type NewEvent = { [Type in EventType]: EventOf<Type> }[EventType];

interface EventOf<Type extends EventType> {
  type: Type;
  /** Epoch milliseconds. */
  at: number;
  workspaceId: string;
  sessionId: string | null;
  /** Of a message event, or of one that tells an answer. */
  messageId: string | null;
  /** The id of a webhook that gets it whatever it has asked for. */
  deliverTo?: string | null;
  /** What is not in the columns. The text of a message is left out where it is stored with the message: it goes when that goes. */
  data: Omit<EventData[Type], Found | Text> & Partial<Pick<EventData[Type], Text & keyof EventData[Type]>>;
}

/** An event of the log, whole. */
export type LoggedEvent = { [Type in EventType]: { type: Type; cursor: number; at: number; workspaceId: string; data: EventData[Type] } }[EventType];
