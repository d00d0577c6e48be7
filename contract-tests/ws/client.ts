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
      this.frames.push(checked(JSON.parse(data.toString()) as Received));
    });
    this.ws.on("close", (code, reason) => (this.closed = { code, reason: reason.toString() }));
    this.ws.on("error", () => {});
    onTestFinished(() => this.ws.terminate());
  }

  async opened(): Promise<this> {
    await until(() => this.ws.readyState !== this.ws.CONNECTING, "the handshake's end");
    return this;
  }

  send(frame: unknown): void {
    this.ws.send(typeof frame === "string" ? frame : JSON.stringify(frame));
  }

  /** The next frame of a type that nobody has asked for yet. */
  async next<Type extends Received["type"]>(type: Type): Promise<Named<Type>> {
    const from = this.#next.get(type) ?? 0;
    const find = () => this.frames.findIndex((frame, index) => index >= from && frame.type === type);
    await until(() => find() !== -1, `a frame ${type}`, this);
    const found = find();
    this.#next.set(type, found + 1);
    return this.frames[found] as Named<Type>;
  }

  async closing(): Promise<{ code: number; reason: string }> {
    await until(() => this.closed !== undefined, "the close", this);
    return this.closed!;
  }
}

function checked(frame: Received): Received {
  expect(ServerFrame(frame), `${JSON.stringify(ServerFrame.errors)}\n${JSON.stringify(frame)}`).toBe(true);
  return frame;
}

async function until(isSo: () => boolean, what: string, { frames, closed }: Pick<TestSocket, "frames" | "closed"> = { frames: [], closed: undefined }): Promise<void> {
  const message = `waiting for ${what}; there came ${JSON.stringify(frames).slice(0, 2000)}, closed: ${JSON.stringify(closed)}`;
  await expect.poll(isSo, { timeout: 5000, interval: 5, message }).toBe(true);
}

/** A socket that is ready. */
export async function openSocket(gateway: TestGateway, token: string, path = "/ws"): Promise<TestSocket> {
  const socket = new TestSocket(gateway, path, { headers: { Authorization: `Bearer ${token}` } });
  await socket.next("ready");
  return socket;
}
