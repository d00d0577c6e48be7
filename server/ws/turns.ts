import type { Frames } from "../../generated/server/frames.ts";
import { waitForResult } from "../chat/answer.ts";
import type { Face } from "../chat/faces/face.ts";
import type { Chat } from "../chat/service.ts";
import { streamRun, streamStart } from "../chat/stream.ts";
import { GatewayError } from "../errors.ts";
import { instant } from "../http/encode.ts";
import type { Principal } from "../keys/principal.ts";
import type { Run, RunResult } from "../runs/run.ts";
import { answering, errorFrame } from "./frames.ts";
import type { Socket } from "./socket.ts";

type Piece = Frames["DeltaFrame"] | Frames["ToolUseFrame"] | Frames["ToolApprovalFrame"] | Frames["ToolResultFrame"];

/** Takes the turns that sockets ask for. One whose socket goes away has the time of grace that any run has to be taken up again. */
export interface Turns {
  /** Resolves once its last frame is sent. Throws what keeps the turn from beginning; what becomes of it then is told to the client. */
  take(socket: Socket, principal: Principal, frame: Frames["MessageFrame"]): Promise<void>;
}

const mostAtOnce = 16;

export function createTurns({ chat }: { chat: Chat }): Turns {
  return {
    async take(socket, principal, frame) {
      if (socket.turns >= mostAtOnce) {
        throw new GatewayError("rate_limited", `This socket has ${mostAtOnce} turns under way, which is as many as it may have. Wait for one to end.`, { details: { limit: mostAtOnce, scope: "socket" }, retryAfterSeconds: 1 });
      }
      socket.turns += 1;
      try {
        const { content: message, conversationId = null, agentId, workspace: workspaceId, userId, model, stream } = frame;
        const run = await chat.begin({
          face: "conversations",
          principal,
          requestId: socket.requestId,
          message,
          sessionId: conversationId,
          sessionPrefix: "conv",
          channel: "api",
          stream,
          agentId,
          workspaceId,
          userId,
          model,
        });
        await tell(socket, run, frame);
      } finally {
        socket.turns -= 1;
      }
    },
  };
}

async function tell(socket: Socket, run: Run, frame: Frames["MessageFrame"]): Promise<void> {
  const of = { ...answering(frame), runId: run.id };
  const conversationId = run.identity.sessionId ?? "";
  const { gone: signal } = socket;
  // Heard before anything else is done, that nothing is missed.
  const result = waitForResult(run, { signal, run });
  result.catch(() => {});
  try {
    socket.answer({ type: "accepted", ...of, conversationId });
    if (frame.stream) await tellPieces(socket, run, of, signal);
    if (signal.aborted) return;
    await socket.pass(JSON.stringify(responseFrame(await result, of)));
  } catch (error) {
    socket.answer(errorFrame(GatewayError.from(error), frame, run.id));
  }
}

async function tellPieces(socket: Socket, run: Run, of: { id?: string; runId: string }, signal: AbortSignal): Promise<void> {
  for await (const pieces of streamRun(run, face, streamStart, signal)) {
    for (const { data } of pieces) {
      const room = socket.pass(JSON.stringify({ ...data, ...of } satisfies Piece));
      if (room) await room;
    }
  }
}

/** What comes before the answer: how the turn ends is told by the answer, or an error. */
const face: Face<Piece extends infer P ? (P extends Piece ? Omit<P, "id" | "runId"> : never) : never> = (event) => {
  switch (event.type) {
    case "text":
      return [{ type: "delta", content: event.text }];
    case "toolUse":
      return [{ type: "tool_use", callId: event.callId, name: event.name, input: event.input }];
    case "toolApproval":
      return [{ type: "tool_approval", callId: event.callId, name: event.name, input: event.input, expiresAt: instant(event.expiresAt) }];
    case "toolResult":
      return [{ type: "tool_result", callId: event.callId, name: event.name, output: event.output, isError: event.isError }];
    case "started":
    case "finished":
    case "failed":
      return [];
  }
};

function responseFrame({ run, content, model, finished }: RunResult, of: { id?: string; runId: string }): Frames["ResponseFrame"] {
  return { type: "response", ...of, conversationId: run.identity.sessionId ?? "", messageId: run.messageId, content, model, usage: finished.usage };
}
