import { WebSocket } from "ws";
import { serverFrame } from "../../../generated/server/answer-frames.ts";
import { faultsOf } from "../../schema-faults.ts";
import type { Operation } from "../contract.ts";
import type { Exchange } from "../exchange.ts";
import { Skipped, type Trial } from "../trials.ts";
import type { CheckContext } from "./context.ts";

interface Frame {
  type: string;
  id?: string;
  runId?: string;
}

export interface SocketTarget {
  baseUrl: string;
  token: string;
  timeoutMs: number;
  /** Told of the run that was begun. */
  onRun: (runId: string) => void;
}

/** The handshake of `/ws`, and one turn on it: each frame fits the contract, and they come in its order. */
export async function checkSocket({ trial: run, isStateless }: CheckContext, operation: Operation, target: SocketTarget): Promise<void> {
  if (operation.operationId !== "openSocket") return;
  await run(operation, "websocket", "a turn", async (trial) => {
    if (isStateless) throw new Skipped("a server without state has no WebSocket");
    const url = `${target.baseUrl.replace("http", "ws")}${operation.path}`;
    const exchange: Exchange = { operationId: "openSocket", sent: { method: "GET", url, headers: { Authorization: `Bearer ${target.token}` } }, status: 101, headers: new Headers(), mediaType: "", text: "" };
    const frames = await talk(url, target);
    for (const { runId } of frames) if (runId !== undefined) target.onRun(runId);
    judge(trial, exchange, frames);
  });
}

/** All frames until the turn is answered, the socket is closed, or the time is over. */
async function talk(url: string, { token, timeoutMs }: SocketTarget): Promise<Frame[]> {
  const socket = new WebSocket(url, { headers: { Authorization: `Bearer ${token}` }, handshakeTimeout: timeoutMs });
  const frames: Frame[] = [];
  socket.on("message", (data: Buffer) => {
    const frame = parsed(data.toString());
    frames.push(frame);
    if (frame.type === "ready") socket.send(JSON.stringify({ type: "message", id: "conformance", content: "Hello" }));
    if (frame.type === "error" || (frame.type === "response" && frame.id === "conformance")) socket.close();
  });
  socket.on("error", () => socket.terminate());
  const timer = setTimeout(() => socket.terminate(), timeoutMs);
  await new Promise((resolve) => socket.once("close", resolve));
  clearTimeout(timer);
  return frames;
}

function parsed(text: string): Frame {
  try {
    return JSON.parse(text) as Frame;
  } catch {
    return { type: `no JSON: ${text.slice(0, 200)}` };
  }
}

function judge(trial: Trial, exchange: Exchange, frames: readonly Frame[]): void {
  for (const frame of frames) {
    if (serverFrame(frame)) continue;
    const [fault] = faultsOf(serverFrame.errors ?? []);
    trial.fault("websocket", exchange, `a frame that fits the contract: ${fault?.path} ${fault?.message}`, JSON.stringify(frame).slice(0, 500));
  }
  // Events of others may come in between.
  const answers = frames.map(({ type }) => type).filter((type) => ["ready", "accepted", "response", "error"].includes(type));
  if (answers.join(", ") !== "ready, accepted, response") trial.fault("websocket", exchange, "ready, accepted, response", answers.join(", ") || "no frame");
}
