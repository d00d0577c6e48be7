import type { Context as KoaContext } from "koa";
import type { Principal } from "../keys/principal.ts";

/** What a handler may know of a request besides its contents. */
export interface RequestContext {
  readonly requestId: string;
  /** The path as it was asked for, without the query. */
  readonly path: string;
  /** Who asks; the contract's open operations are asked by nobody. */
  readonly principal: Principal;
  /** Aborted when the connection closes before the answer is out. */
  readonly signal: AbortSignal;
  /** Whether `Accept` prefers events to JSON. */
  readonly wantsEvents: boolean;
}

/** Who asks where no key is asked for: somebody who may nothing. */
export const nobody: Principal = { keyId: "none", label: "", edition: "operator", permissions: new Set(), workspaces: [] };

/** The context of one request. The signal is made when a handler first asks for it: most never do. */
export function createRequestContext(koa: KoaContext, principal: Principal): RequestContext {
  let controller: AbortController | undefined;
  return {
    requestId: koa.state["requestId"] as string,
    path: koa.path,
    principal,
    get signal() {
      if (!controller) {
        const made = new AbortController();
        controller = made;
        if (koa.res.destroyed) made.abort(connectionClosed);
        else koa.res.once("close", () => koa.res.writableFinished || made.abort(connectionClosed));
      }
      return controller.signal;
    },
    get wantsEvents() {
      return koa.headers.accept?.includes("text/event-stream") === true && koa.accepts("application/json", "text/event-stream") === "text/event-stream";
    },
  };
}

/** One for all: a reason made for each request would cost it a stack trace. */
const connectionClosed = new Error("the connection was closed");
