import { ConnectorError } from "../connectors/port.ts";
import { beginning, nextPart, type Part, type Place } from "./split-text.ts";

/** The chat that an answer goes to. What it throws ends the answer. */
export interface ReplyChat {
  maxTextLength: number;
  /** Null where messages cannot be edited: the answer then goes out once it is whole. */
  editIntervalMs: number | null;
  /** Sends a part, with patience; its id. `isOpen` when it goes on being edited. */
  send(text: string, isOpen: boolean): Promise<string>;
  /** Gives a part its last text, with patience. */
  close(messageId: string, text: string): Promise<void>;
  /** Edits a part that goes on; one attempt. */
  edit(messageId: string, text: string): Promise<void>;
}

/** How far an earlier process has come. */
export interface ReplyProgress {
  partsSent: number;
  openMessageId: string | null;
}

/** An answer on its way into a chat, as it is being written. */
export interface Reply {
  /** The text so far. */
  write(text: string): void;
  /** The whole text. Resolves once it is out; rejects with what kept it from that. */
  end(text: string): Promise<void>;
  /** Nothing more comes. Resolves once nothing more goes out. */
  abandon(): Promise<void>;
}

/** How much is there before the first part is shown: that long after its first word, or that many characters. */
const gatherMs = 1_000;
const gatherLength = 200;

/** A part that is out and goes on being edited. */
interface OpenPart {
  messageId: string;
  /** Null where an earlier process has sent it. */
  shown: string | null;
  nextEditAt: number;
}

export function createReply(chat: ReplyChat, { partsSent, openMessageId }: ReplyProgress, now: () => number): Reply {
  const { maxTextLength, editIntervalMs } = chat;
  let text = "";
  let isWriting = true;
  let place: Place = beginning;
  let open: OpenPart | null = openMessageId === null ? null : { messageId: openMessageId, shown: null, nextEditAt: 0 };
  let firstTextAt = 0;
  let wake: (() => void) | null = null;
  let timer: NodeJS.Timeout | undefined;
  // What an earlier process has begun is ended only.
  const streaming = editIntervalMs === null || partsSent > 0 || open ? Promise.resolve() : stream(editIntervalMs);
  // Whoever ends the answer is told.
  streaming.catch(() => {});

  return {
    write(next) {
      if (text === "") firstTextAt = now();
      text = next;
      // While it waits for a time there is nothing to look at but the first characters, which are not to wait so long.
      if (timer === undefined || (!open && text.length - place.at >= gatherLength)) wake?.();
    },
    async end(whole) {
      text = whole;
      await stopWriting();
      for (let skipped = 0; skipped < partsSent; skipped++) place = partHere()?.next ?? place;
      for (let part = partHere(); part; part = partHere()) await put(part);
    },
    async abandon() {
      await stopWriting().catch(() => {});
    },
  };

  function partHere(): Part | null {
    return nextPart(text, place, maxTextLength, !isWriting);
  }

  async function stopWriting(): Promise<void> {
    isWriting = false;
    wake?.();
    await streaming;
  }

  async function stream(intervalMs: number): Promise<void> {
    while (isWriting) {
      const part = partHere();
      const waitMs = waitFor(part);
      if (waitMs === null || waitMs > 0) await changed(waitMs);
      else if (part?.isComplete) await put(part);
      else await show(part?.text ?? "", intervalMs);
    }
  }

  /** How long until the part is to be shown, or closed; null while there is nothing new to show. */
  function waitFor(part: Part | null): number | null {
    if (!part || (!part.isComplete && (part.text.trim() === "" || part.text === open?.shown))) return null;
    if (open?.nextEditAt === Infinity) return part.isComplete ? 0 : null;
    if (open) return open.nextEditAt - now();
    return part.text.length >= gatherLength ? 0 : firstTextAt + gatherMs - now();
  }

  async function changed(waitMs: number | null): Promise<void> {
    await new Promise<void>((resolve) => {
      wake = resolve;
      if (waitMs !== null) timer = setTimeout(resolve, waitMs);
    });
    wake = null;
    clearTimeout(timer);
    timer = undefined;
  }

  async function show(shown: string, intervalMs: number): Promise<void> {
    if (!open) {
      open = { messageId: await chat.send(shown, true), shown, nextEditAt: now() + intervalMs };
      return;
    }
    open.shown = shown;
    try {
      await chat.edit(open.messageId, shown);
      open.nextEditAt = now() + intervalMs;
    } catch (thrown) {
      if (!(thrown instanceof ConnectorError)) throw thrown;
      // The last edit tells it all; only that has to succeed.
      open.shown = null;
      open.nextEditAt = thrown.kind === "refused" ? Infinity : now() + Math.max(intervalMs, thrown.retryAfterMs ?? 0);
    }
  }

  /** Brings a part out as it is to be. */
  async function put(part: Part): Promise<void> {
    const { messageId } = open ?? {};
    if (messageId === undefined) await chat.send(part.text, false);
    else await chat.close(messageId, part.text).catch((thrown: unknown) => replace(part, thrown));
    open = null;
    place = part.next;
  }

  /** The person may have deleted the message that is edited, or it is too old for it. */
  async function replace({ text: whole }: Part, thrown: unknown): Promise<void> {
    if (!(thrown instanceof ConnectorError) || thrown.kind !== "refused") throw thrown;
    await chat.send(whole, false);
  }
}
