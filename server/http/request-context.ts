import type { Context as KoaContext } from "koa";
import type { Principal } from "../keys/principal.ts";
import type { ReservedRun, Run } from "../runs/run.ts";
import { preferred } from "./preferred.ts";
import { hostOf } from "./perimeter/hosts.ts";

/** What a handler may know of a request besides its contents. */
export interface RequestContext {
  readonly requestId: string;
  /** The path as it was asked for, without the query. */
  readonly path: string;
  /** The address that the request comes from. */
  readonly address: string;
  /** Whom the request was meant for, as `Host` says; empty when it does not. */
  readonly host: string;
  /** Who asks; the contract's open operations are asked by nobody. */
  readonly principal: Principal;
  /** Aborted when the connection closes before the answer is out. */
  readonly signal: AbortSignal;
  /** Whether `Accept` prefers events to JSON. */
  readonly wantsEvents: boolean;
  /** Which of these media types `Accept` prefers; the first, when it is said nowhere. */
  prefers<MediaType extends string>(mediaTypes: readonly [MediaType, ...MediaType[]]): MediaType;
  /** With an `Idempotency-Key`: the run that a turn has to have. */
  reservedRun: ReservedRun | undefined;
  /** The body's bytes as they were sent, for the operations that the contract marks with `@rawBody`. */
  rawBody: Buffer | undefined;
  /** Set before the signal is asked for, that is never aborted: the client comes back for the answer. */
  outlivesConnection: boolean;
  /** Set to the run that the request began or takes up: the log's lines of the request name it. */
  run: Run | undefined;
}

/** Who asks where no key is asked for: somebody who may nothing. */
export const nobody: Principal = { keyId: "none", label: "", edition: "operator", permissions: new Set(), workspaces: [], tools: [], denyTools: null, isOwner: false, rateLimitPerMinute: null, maxTokensPerDay: null };

export function createRequestContext(koa: KoaContext, principal: Principal): RequestContext {
  return new KoaRequestContext(koa, principal);
}

/**
 * A class, since an object literal with getters has a hidden class of its own each time it is made: those are old from their
 * first day, and hold on to the closures, the request and all that hangs on it until the next full garbage collection.
 */
class KoaRequestContext implements RequestContext {
  readonly requestId: string;
  readonly path: string;
  readonly address: string;
  readonly principal: Principal;
  reservedRun: ReservedRun | undefined = undefined;
  rawBody: Buffer | undefined = undefined;
  outlivesConnection = false;
  readonly #koa: KoaContext;
  #controller: AbortController | undefined;

  constructor(koa: KoaContext, principal: Principal) {
    this.requestId = koa.state["requestId"] as string;
    this.path = koa.path;
    this.address = koa.state["address"] as string;
    this.principal = principal;
    this.#koa = koa;
  }

  /** Made when a handler first asks for it: most never do. */
  get signal(): AbortSignal {
    if (!this.#controller) {
      const { res } = this.#koa;
      const made = new AbortController();
      this.#controller = made;
      if (this.outlivesConnection) return made.signal;
      if (res.destroyed) made.abort(connectionClosed);
      else res.once("close", () => res.writableFinished || made.abort(connectionClosed));
    }
    return this.#controller.signal;
  }

  get run(): Run | undefined {
    return this.#koa.state["run"] as Run | undefined;
  }

  set run(run: Run | undefined) {
    this.#koa.state["run"] = run;
  }

  get host(): string {
    return hostOf(this.#koa);
  }

  get wantsEvents(): boolean {
    const { accept } = this.#koa.headers;
    return accept?.includes("text/event-stream") === true && this.#koa.accepts("application/json", "text/event-stream") === "text/event-stream";
  }

  prefers<MediaType extends string>(mediaTypes: readonly [MediaType, ...MediaType[]]): MediaType {
    return preferred(this.#koa.headers.accept, mediaTypes);
  }
}

/** One for all: a reason made for each request would cost it a stack trace. */
const connectionClosed = new Error("the connection was closed");
