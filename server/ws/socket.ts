import type { WebSocket } from "ws";
import type { Principal } from "../keys/principal.ts";
import { type CloseCode, closeCodes } from "./close-codes.ts";
import type { AnswerFrame } from "./frames.ts";
import type { Subscription } from "./subscriptions.ts";

/** A client that leaves so much unread is let go of. */
const mostUnreadBytes = 1024 * 1024;

/** With so much unread, what can wait does. */
const unreadBytesToWaitAt = 64 * 1024;

/** Longer reasons do not fit into the frame (RFC 6455, 5.5), which has two bytes of code besides. */
const longestReasonBytes = 120;

/** One connection: who is there, and the way out to him. Small: there are thousands that do nothing. */
export class Socket {
  readonly requestId: string;
  readonly address: string;
  readonly openedAt = performance.now();
  /** Whose it is; null until he has said so. */
  principal: Principal | null = null;
  token: string | undefined = undefined;
  /** Settled once it is known whether he may come in. */
  entering: Promise<void> | undefined = undefined;
  subscription: Subscription | undefined = undefined;
  /** Turns under way. */
  turns = 0;
  /** How many frames in a row did not fit. */
  misfits = 0;
  awaitsPong = false;
  readonly #ws: WebSocket;
  readonly #hide: (text: string) => string;
  #flushing: Promise<void> | undefined = undefined;
  #flushingBytes = 0;
  #gone: AbortController | undefined = undefined;

  constructor(ws: WebSocket, { requestId, address }: Pick<Socket, "requestId" | "address">, hide: (text: string) => string) {
    this.#ws = ws;
    this.#hide = hide;
    this.requestId = requestId;
    this.address = address;
  }

  get isOpen(): boolean {
    return this.#ws.readyState === this.#ws.OPEN;
  }

  /** Aborted when the connection is gone. Made when a turn first asks for it: most sockets never have one. */
  get gone(): AbortSignal {
    this.#gone ??= new AbortController();
    if (!this.isOpen) this.#gone.abort();
    return this.#gone.signal;
  }

  /** Answers at once. */
  answer(frame: AnswerFrame): void {
    const text = JSON.stringify(frame);
    this.push(frame.type === "error" ? this.#hide(text) : text);
  }

  /** Sends a frame that cannot wait: a client that does not read loses the connection over it. */
  push(frame: string | Buffer): void {
    if (!this.isOpen) return;
    this.#ws.send(frame, asText);
    // What waits for the client by itself is not what it is dropped for.
    if (this.#ws.bufferedAmount > mostUnreadBytes + this.#flushingBytes) this.close(closeCodes.tooSlow, "Too much was left unread. Come back with `after`.");
  }

  /** Sends a frame once there is room for it; a promise where there is none yet. */
  pass(frame: string): Promise<void> | undefined {
    if (this.#flushing) return this.#passLater(frame);
    if (!this.isOpen) return undefined;
    if (this.#ws.bufferedAmount + frame.length < unreadBytesToWaitAt) {
      this.#ws.send(frame);
      return undefined;
    }
    this.#flushingBytes = Buffer.byteLength(frame);
    this.#flushing = new Promise((resolve) => {
      this.#ws.send(frame, () => {
        this.#flushing = undefined;
        this.#flushingBytes = 0;
        resolve();
      });
    });
    return this.#flushing;
  }

  async #passLater(frame: string): Promise<void> {
    while (this.#flushing) await this.#flushing;
    await this.pass(frame);
  }

  ping(): void {
    this.awaitsPong = true;
    this.#ws.ping();
  }

  /** Reads nothing for a while. */
  pause(): void {
    this.#ws.pause();
  }

  resume(): void {
    this.#ws.resume();
  }

  /** Says goodbye; the rest of what was sent comes before it. */
  close(code: CloseCode, reason: string): void {
    this.#ws.close(code, Buffer.from(reason).subarray(0, longestReasonBytes).toString().replace(/\uFFFD$/, ""));
  }

  terminate(): void {
    this.#ws.terminate();
  }

  /** To be told when the connection is gone. */
  leave(): void {
    this.#gone?.abort();
  }
}

const asText = { binary: false };
