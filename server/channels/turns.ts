import type { Logger } from "pino";
import type { Chat } from "../chat/service.ts";
import type { ChannelName } from "../connectors/port.ts";
import { GatewayError } from "../errors.ts";
import type { NewEvent } from "../events/event.ts";
import { newId } from "../ids.ts";
import type { Principal } from "../keys/principal.ts";
import type { Run } from "../runs/run.ts";
import type { RunRecord, Runs } from "../runs/service.ts";
import type { Sessions } from "../sessions/service.ts";
import { requireAdmission } from "../workspaces/admission.ts";
import type { Workspaces } from "../workspaces/service.ts";
import type { Answered } from "./inbox.ts";
import type { Links } from "./links.ts";
import { sessionIdIn, sessionIdOf, userIdOf } from "./message.ts";
import { begunAnew, failureNotice, greeting, interrupted, noAnswer, notAdmitted, waitsForApproval } from "./notices.ts";
import type { Outbox } from "./outbox.ts";
import { createRarely } from "./rarely.ts";
import { createReply, type Reply } from "./reply.ts";
import { createSlots } from "./slots.ts";
import type { InboxMessage } from "./store.ts";

interface TurnsOptions {
  chat: Pick<Chat, "begin">;
  runs: Pick<Runs, "get" | "open">;
  sessions: Pick<Sessions, "find" | "clear">;
  workspaces: Pick<Workspaces, "getFor">;
  principalOf(channel: ChannelName, workspaceId: string): Principal;
  links: Links;
  outbox: Outbox;
  /** Aborted when the gateway stops: no turn is begun, and nothing is waited for. */
  hurry: AbortSignal;
  /** Aborted when the time for that is over. */
  cut: AbortSignal;
  log: Logger;
  now: () => number;
}

/** The most turns at once, of all chats together. */
const mostTurns = 32;

/** How often a person who is not let in is told so. */
const toldEveryMs = 3_600_000;

/**
 * Answers one message: by a turn, whose run has the id that the message came in with. A message that an earlier process has
 * begun to answer is so taken up where that one was, and never makes a second turn. The function resolves with null when
 * the message is to wait: the gateway stops, or the channel is switched off.
 */
export function createTurns({ chat, runs, sessions, workspaces, principalOf, links, outbox, hurry, cut, log, now }: TurnsOptions): (message: InboxMessage) => Promise<Answered | null> {
  const slots = createSlots(mostTurns);
  const mayTell = createRarely(toldEveryMs, now);

  return async (message) => {
    const { channel, chatId, runId } = message;
    try {
      return { event: (await respond(message)) ?? null };
    } catch (thrown) {
      if (hurry.aborted || !links.find(channel)?.connector) return null;
      // Of the database: what else is unavailable has been told to the chat.
      if (thrown instanceof GatewayError && thrown.code === "service_unavailable") throw thrown;
      log.warn({ channel, chatId, runId, err: thrown }, "an answer did not reach its chat");
      return { event: null };
    }
  };

  /** Resolves with what tells of the answer; with nothing where only a notice has been sent. */
  async function respond(message: InboxMessage): Promise<NewEvent | void> {
    const { channel, workspaceId, text } = message;
    const principal = principalOf(channel, workspaceId);
    try {
      const workspace = await workspaces.getFor(principal, workspaceId);
      requireAdmission(workspace, { userId: userIdOf(channel, message.userId), channel }, "");
    } catch (thrown) {
      const error = GatewayError.from(thrown);
      if (error.code === "forbidden") return refuse(message);
      if (error.code !== "not_found") throw thrown;
      return fail(message, error);
    }
    const command = text.trim().toLowerCase();
    if (/^\/start(?:\s|$)/.test(command)) return outbox.notice(message, greeting);
    const sessionId = await sessionOf(principal, message);
    if (command === "/new" || command === "/reset") {
      await sessions.clear(principal, sessionId).catch(ignoreNotFound);
      return outbox.notice(message, begunAnew);
    }
    const earlier = await runs.get(message.runId, principal).catch(ignoreNotFound);
    if (earlier && earlier.status !== "running") return takeUp(message, earlier);
    const release = await slots.take();
    try {
      hurry.throwIfAborted();
      const run = earlier ? await runs.open(message.runId, principal, true) : await begin(message, principal, sessionId);
      if (!run) return undefined;
      void run.settled.then(release);
      return await follow(message, run);
    } finally {
      release();
    }
  }

  /** Nothing when it could not begin: the chat knows. */
  async function begin(message: InboxMessage, principal: Principal, sessionId: string): Promise<Run | undefined> {
    const { channel, workspaceId, text, runId, chatType, userId, userName } = message;
    try {
      return await chat.begin({
        face: "workspaces",
        principal,
        requestId: newId("req"),
        reservedRun: { id: runId, hasBegun: false },
        message: text,
        sessionId,
        sessionPrefix: "sess",
        channel,
        stream: links.connector(channel).editIntervalMs !== null,
        keep: true,
        workspaceId,
        userId: userIdOf(channel, userId),
        origin: { chatId: message.chatId, from: { id: userId, name: userName } },
        context: { name: userName, channel, chat: chatType },
      });
    } catch (thrown) {
      await fail(message, GatewayError.from(thrown));
      return undefined;
    }
  }

  /** Tells the chat what the run says, as it says it. */
  async function follow(message: InboxMessage, run: Run): Promise<NewEvent | void> {
    const reply = createReply(outbox.chatOf(message), message, now);
    const stopTyping = startTyping(message);
    const notices: Promise<void>[] = [];
    let text = "";
    for await (const { events } of run.log.read(0, cut)) {
      for (const event of events) {
        if (event.type === "text") reply.write((text += event.text));
        else if (event.type === "toolApproval") notices.push(outbox.notice(message, waitsForApproval(event.name, run.id)));
      }
    }
    stopTyping();
    // What keeps one from going out is met by the others, too.
    await Promise.allSettled(notices);
    if (run.status === "completed") {
      const { content, model, finished } = await run.ended;
      return end(message, reply, { ...run.record, content, model, usage: finished.usage, latencyMs: finished.latencyMs });
    }
    await reply.abandon();
    cut.throwIfAborted();
    return fail(message, run.failure ?? GatewayError.from(undefined));
  }

  /** The run has ended in an earlier process, or while the channel was switched off. */
  async function takeUp(message: InboxMessage, record: RunRecord): Promise<NewEvent | void> {
    if (record.status === "completed") return end(message, createReply(outbox.chatOf(message), message, now), record);
    return outbox.notice(message, record.error && record.error.code !== "service_unavailable" ? failureNotice(record.error) : interrupted);
  }

  async function end(message: InboxMessage, reply: Reply, { id: runId, content, workspaceId, sessionId, messageId, userId, channel, model, usage, latencyMs }: RunRecord): Promise<NewEvent | void> {
    await reply.end(content);
    if (content.trim() === "") return outbox.notice(message, noAnswer);
    const tokensUsed = usage ? usage.inputTokens + usage.outputTokens : 0;
    return { type: "message.sent", at: now(), workspaceId, sessionId, messageId, data: { runId, userId, channel, chatId: message.chatId, model, tokensUsed, latencyMs } };
  }

  async function fail(message: InboxMessage, error: GatewayError): Promise<void> {
    log.warn({ channel: message.channel, chatId: message.chatId, runId: message.runId, code: error.code, err: error.cause }, `a message could not be answered: ${error.message}`);
    await outbox.notice(message, failureNotice(error));
  }

  /** In a group it is nobody's business who may talk to the bot. */
  async function refuse(message: InboxMessage): Promise<void> {
    const userId = userIdOf(message.channel, message.userId);
    if (message.chatType === "direct" && mayTell(userId)) await outbox.notice(message, notAdmitted(userId));
  }

  /** The chat's own session; another one where that id is another workspace's. */
  async function sessionOf(principal: Principal, { channel, chatId, workspaceId }: InboxMessage): Promise<string> {
    const id = sessionIdOf(channel, chatId);
    const isOurs = await sessions.find(principal, id).then(
      () => true,
      (thrown: unknown) => ignoreNotFound(thrown) ?? false,
    );
    return isOurs ? id : sessionIdIn(workspaceId, channel, chatId);
  }

  function startTyping({ channel, chatId, messageId }: InboxMessage): () => void {
    const connector = links.connector(channel);
    const { typingIntervalMs } = connector;
    if (typingIntervalMs === null) return () => {};
    const show = () => void connector.showTyping?.(chatId, messageId);
    show();
    const timer = setInterval(show, typingIntervalMs);
    return () => clearInterval(timer);
  }
}

function ignoreNotFound(thrown: unknown): undefined {
  if (thrown instanceof GatewayError && thrown.code === "not_found") return undefined;
  throw thrown;
}
