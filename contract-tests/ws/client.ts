import { expect, onTestFinished } from "vitest";
import { WebSocket as Client, type ClientOptions } from "ws";
import { ServerFrame } from "../../generated/validators/answer-frames.js";
import type { Frames } from "../../generated/server/frames.ts";
import type { TestGateway } from "../harness/gateway.ts";

export type Received = Frames["ServerFrame"];
type Named<Type extends Received["type"]> = Extract<Received, { type: Type }>;

/** A client of `/ws`: each frame that it gets is checked against the contract. */
export class TestSocket {
  readonly ws: Client;
  readonly frames: Received[] = [];
  closed: { code: number; reason: string } | undefined;
  readonly #next = new Map<string, number>();

  constructor(gateway: TestGateway, path = "/ws", options: ClientOptions = {}) {
    this.ws = new Client(gateway.url.replace("http", "ws") + path, { perMessageDeflate: false, ...options });
    this.ws.on("message", (data: Buffer) => {
      const frame = JSON.parse(data.toString()) as Received;
      expect(ServerFrame(frame), `${JSON.stringify(ServerFrame.errors)}\n${data}`).toBe(true);
      this.frames.push(frame);
    });
    this.ws.on("close", (code, reason) => (this.closed = { code, reason: reason.toString() }));
    this.ws.on("error", () => {});
    onTestFinished(() => this.ws.terminate());
  }

  async opened(): Promise<this> {
    await expect.poll(() => this.ws.readyState).not.toBe(this.ws.CONNECTING);
    return this;
  }

  send(frame: unknown): void {
    this.ws.send(typeof frame === "string" ? frame : JSON.stringify(frame));
  }

  /** The next frame of a type that nobody has asked for yet. */
  async next<Type extends Received["type"]>(type: Type): Promise<Named<Type>> {
    const from = this.#next.get(type) ?? 0;
    const find = () => this.frames.findIndex((frame, index) => index >= from && frame.type === type);
    await expect.poll(find, { timeout: 5000, interval: 5, message: `a frame ${type} among ${JSON.stringify(this.frames)}, closed: ${JSON.stringify(this.closed)}` }).not.toBe(-1);
    const found = find();
    this.#next.set(type, found + 1);
    return this.frames[found] as Named<Type>;
  }

  async closing(): Promise<{ code: number; reason: string }> {
    await expect.poll(() => this.closed, { timeout: 5000, interval: 5 }).toBeDefined();
    return this.closed!;
  }
}

/** A socket that is ready. */
export async function openSocket(gateway: TestGateway, token: string, path = "/ws"): Promise<TestSocket> {
  const socket = new TestSocket(gateway, path, { headers: { Authorization: `Bearer ${token}` } });
  await socket.next("ready");
  return socket;
}
