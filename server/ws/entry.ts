import type { Logger } from "pino";
import type { Audit } from "../audit/service.ts";
import { GatewayError } from "../errors.ts";
import type { Login } from "../http/guard-logins.ts";
import type { Authentication } from "../keys/authentication.ts";
import type { Principal } from "../keys/principal.ts";
import { logFailure } from "../log-failure.ts";
import { closeCodeOf } from "./close-codes.ts";
import { answering, errorFrame } from "./frames.ts";
import type { Socket } from "./socket.ts";
import type { Subscriptions } from "./subscriptions.ts";

/** Who may come in to `/ws`, and stay. */
export interface Entry {
  /** Lets in whoever brought a token in the handshake, and gives the others some time to send one. */
  greet(socket: Socket, token: string | undefined | GatewayError, after: string | undefined, entryMs: number): void;
  /** Takes a frame `auth`. */
  enter(socket: Socket, frame: { token: string; after?: string; id?: string }): void;
  /** Sends away somebody who has not said who he is. */
  refuse(socket: Socket, reason: string): void;
  /** Whether the key of a socket still holds, with what it may do now; if not, the socket is closed. */
  recheck(socket: Socket): boolean;
}

export interface EntryOptions {
  login: Login;
  authentication: Pick<Authentication, "authenticate">;
  subscriptions: Subscriptions;
  audit: Pick<Audit, "note">;
  log: Logger;
  now: () => number;
}

export function createEntry({ login, authentication, subscriptions, audit, log, now }: EntryOptions): Entry {
  /** An entry of the audit log for each socket, once it is known whose it is, or that it is nobody's. */
  function note({ requestId, address, openedAt }: Socket, keyId: string | null, status: number): void {
    audit.note({ at: now(), keyId, address, operation: "openSocket", method: "GET", object: null, status, complete: true, durationMs: Math.round(performance.now() - openedAt), requestId, times: 1 });
  }

  function turnAway(socket: Socket, thrown: unknown, id?: string): void {
    const error = GatewayError.from(thrown);
    socket.answer(errorFrame(error, answering({ ...(id !== undefined && { id }) })));
    socket.close(closeCodeOf(error), error.message);
  }

  function refuse(socket: Socket, reason: string): void {
    note(socket, null, 401);
    turnAway(socket, new GatewayError("unauthorized", `${reason} Send \`{"type":"auth","token":"…"}\` first.`));
  }

  async function letIn(socket: Socket, token: string | undefined, after: string | undefined, id: string | undefined): Promise<void> {
    let principal: Principal | undefined;
    try {
      principal = await login(token, socket.address);
      const permissions = permissionsOf(principal);
      // Who says once more who he is keeps the events that he has.
      const isFirst = socket.principal === null;
      const begun = isFirst && permissions.includes("messages:read") ? await subscriptions.choose(socket, principal, { after }) : undefined;
      if (!socket.isOpen) return subscriptions.end(socket);
      socket.principal = principal;
      socket.token = token;
      if (isFirst) note(socket, principal.keyId, 101);
      socket.answer({ type: "ready", ...answering({ ...(id !== undefined && { id }) }), requestId: socket.requestId, permissions, ...(begun && { last: begun.last }), ...(after !== undefined && begun && { truncated: begun.isTruncated }) });
      begun?.start();
    } catch (thrown) {
      const error = GatewayError.from(thrown);
      if (error.status >= 500) logFailure(log, error, { requestId: socket.requestId });
      note(socket, principal?.keyId ?? null, error.status);
      turnAway(socket, error, id);
    }
  }

  /** What comes in meanwhile waits. */
  function admit(socket: Socket, token: string | undefined, after: string | undefined, id?: string): void {
    socket.pause();
    socket.entering = letIn(socket, token, after, id).finally(() => {
      socket.entering = undefined;
      socket.resume();
    });
  }

  return {
    greet(socket, token, after, entryMs) {
      if (token instanceof GatewayError) {
        note(socket, null, token.status);
        return turnAway(socket, token);
      }
      if (token !== undefined || isOpenToAll(authentication)) return admit(socket, token, after);
      const timer = setTimeout(() => {
        if (!socket.principal && socket.isOpen) refuse(socket, `No token came within ${entryMs / 1000} s.`);
      }, entryMs);
      timer.unref();
    },
    enter(socket, { token, after, id }) {
      if (!socket.principal) return admit(socket, token, after, id);
      if (socket.token !== undefined && socket.token !== token) return turnAway(socket, new GatewayError("bad_request", "This socket has come in with another token. Open one for each."), id);
      if (after !== undefined) return socket.answer(errorFrame(new GatewayError("bad_request", "This socket has come in already. Go on behind an event with a frame `subscribe`."), answering({ ...(id !== undefined && { id }) })));
      admit(socket, token, undefined, id);
    },
    refuse,
    recheck(socket) {
      try {
        socket.principal = authentication.authenticate(socket.token);
        if (!permissionsOf(socket.principal).includes("messages:read")) subscriptions.end(socket);
        return true;
      } catch (error) {
        turnAway(socket, error);
        return false;
      }
    },
  };
}

/** Throws `forbidden` where there is none. */
function permissionsOf({ permissions }: Principal): ("messages:read" | "messages:write")[] {
  const held = (["messages:read", "messages:write"] as const).filter((name) => permissions === "*" || permissions.has(name));
  if (held.length === 0) throw new GatewayError("forbidden", "This key lacks both `messages:read` and `messages:write`.", { details: { permission: "messages:read" } });
  return held;
}

/** Whether nobody is asked for a key. */
function isOpenToAll({ authenticate }: Pick<Authentication, "authenticate">): boolean {
  try {
    authenticate(undefined);
    return true;
  } catch {
    return false;
  }
}
