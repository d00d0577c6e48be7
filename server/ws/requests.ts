import type { Logger } from "pino";
import type { Frames } from "../../generated/server/frames.ts";
import { GatewayError } from "../errors.ts";
import { stopping } from "../http/mount.ts";
import type { Limits } from "../limits/service.ts";
import { logFailure } from "../log-failure.ts";
import type { Runs } from "../runs/service.ts";
import type { Entry } from "./entry.ts";
import { answering, errorFrame } from "./frames.ts";
import type { Socket } from "./socket.ts";
import type { Subscriptions } from "./subscriptions.ts";
import type { Turns } from "./turns.ts";

export type RequestFrame = Frames["MessageFrame"] | Frames["SubscribeFrame"] | Frames["CancelFrame"];

/** What clients ask for by a frame: checked and counted as the same would be over HTTP. */
export interface Requests {
  /** Resolves once all is said. What goes wrong is told to the client. */
  carryOut(socket: Socket, frame: RequestFrame): Promise<void>;
}

export interface RequestsOptions {
  entry: Pick<Entry, "recheck">;
  limits: Pick<Limits, "count">;
  turns: Turns;
  runs: Pick<Runs, "cancel">;
  subscriptions: Subscriptions;
  isDraining: () => boolean;
  log: Logger;
}

const permissionFor = { message: "messages:write", cancel: "messages:write", subscribe: "messages:read" } as const;

export function createRequests({ entry, limits, turns, runs, subscriptions, isDraining, log }: RequestsOptions): Requests {
  async function serve(socket: Socket, frame: RequestFrame): Promise<void> {
    const principal = socket.principal!;
    const { refusal } = await limits.count(principal, "default");
    if (refusal) throw refusal;
    if (isDraining()) throw stopping();
    const permission = permissionFor[frame.type];
    if (principal.permissions !== "*" && !principal.permissions.has(permission)) throw new GatewayError("forbidden", `This key lacks the permission \`${permission}\`.`, { details: { permission } });
    if (frame.type === "message") return turns.take(socket, principal, frame);
    if (frame.type === "cancel") {
      await runs.cancel(frame.runId, principal);
      return socket.answer({ type: "cancelled", ...answering(frame), runId: frame.runId });
    }
    const { types, workspace: workspaceId, after } = frame;
    const begun = await subscriptions.choose(socket, principal, { types, workspaceId, after });
    socket.answer({ type: "subscribed", ...answering(frame), last: begun.last, truncated: begun.isTruncated });
    begun.start();
  }

  return {
    async carryOut(socket, frame) {
      if (!entry.recheck(socket)) return;
      try {
        await serve(socket, frame);
      } catch (thrown) {
        const error = GatewayError.from(thrown);
        if (error.status >= 500) logFailure(log, error, { requestId: socket.requestId });
        socket.answer(errorFrame(error, frame));
      }
    },
  };
}
