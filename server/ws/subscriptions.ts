import { setImmediate as nextRound } from "node:timers/promises";
import type { Logger } from "pino";
import type { EventType, LoggedEvent } from "../events/event.ts";
import type { Events } from "../events/service.ts";
import { maySee, type Principal } from "../keys/principal.ts";
import type { Workspaces } from "../workspaces/service.ts";
import { closeCodes } from "./close-codes.ts";
import { eventFrame, type FrameEventType, loggedTypes } from "./event-frames.ts";
import type { Socket } from "./socket.ts";

/** The events that a socket gets. */
export interface Subscription {
  types: readonly EventType[];
  workspaceId: string | undefined;
  /** It has had, or was not to have, what is up to here. */
  position: number;
  /** Whether it gets what is new with all the others; until then it reads the log by itself. */
  isLive: boolean;
}

export interface Choice {
  types?: readonly FrameEventType[] | undefined;
  workspaceId?: string | undefined;
  /** The id of an event to go on behind. */
  after?: string | undefined;
}

/** A subscription that is about to begin. */
export interface Begun {
  /** The id of the event that it begins behind. */
  last: string;
  /** Whether events behind `after` are kept no more. */
  isTruncated: boolean;
  /** Lets the events come. To be called once the client has been told. */
  start(): void;
}

/**
 * The events of all sockets. One reader of the log, and one text of each event, for however many there are. A socket that goes on behind
 * an event reads the log until it has come to where that reader is, and joins the others there: nothing lost, nothing twice.
 */
export interface Subscriptions {
  /** Chooses other events for a socket. Throws `bad_request` on an `after` of another log, `not_found` on a workspace that the key may not see. */
  choose(socket: Socket, principal: Principal, choice: Choice): Promise<Begun>;
  /** The socket gets none any more. */
  end(socket: Socket): void;
}

export interface SubscriptionsOptions {
  events: Events;
  workspaces: Pick<Workspaces, "getFor">;
  log: Logger;
}

const mostAtOnce = 100;

export function createSubscriptions({ events, workspaces, log }: SubscriptionsOptions): Subscriptions {
  const sockets = new Set<Socket>();
  /** What is live has been told up to here. */
  let position = 0;
  let following: AbortController | undefined;

  function join(socket: Socket): void {
    sockets.add(socket);
    if (following) return;
    following = new AbortController();
    position = events.newest();
    void follow(following);
  }

  async function follow(own: AbortController): Promise<void> {
    try {
      for await (const batch of events.watch(own.signal, position)) {
        for (const event of batch) {
          if (following !== own) return;
          tell(event);
          position = event.cursor;
          // So many sockets must not keep everybody else waiting.
          await nextRound();
        }
      }
    } catch (err) {
      log.error({ err }, "the events could not be read; the sockets that wait for them are closed");
      for (const socket of sockets) fail(socket);
    } finally {
      // Whoever comes next begins anew.
      if (following === own) following = undefined;
    }
  }

  function tell(event: LoggedEvent): void {
    let frame: Buffer | undefined;
    for (const socket of sockets) {
      const { subscription, principal } = socket;
      if (!subscription?.isLive || !principal || event.cursor <= subscription.position || !fits(event, subscription, principal)) continue;
      socket.push((frame ??= Buffer.from(eventFrame(event, events.ids))));
    }
  }

  /** Tells what was before the others' place, waiting for the client to read, and joins them. */
  async function catchUp(socket: Socket, subscription: Subscription): Promise<void> {
    const isCurrent = () => socket.subscription === subscription && socket.isOpen;
    try {
      const { types, workspaceId } = subscription;
      while (subscription.position < position && types.length > 0) {
        const page = await events.list(socket.principal!, { after: events.ids.of(subscription.position), types, workspaceId, limit: mostAtOnce });
        for (const event of page.events) {
          if (!isCurrent()) return;
          await socket.pass(eventFrame(event, events.ids));
        }
        if (!isCurrent()) return;
        subscription.position = page.last;
      }
      subscription.isLive = true;
    } catch (err) {
      log.error({ err, requestId: socket.requestId }, "the events behind `after` could not be read; the socket is closed");
      fail(socket);
    }
  }

  return {
    async choose(socket, principal, { types, workspaceId, after }) {
      if (workspaceId !== undefined) await workspaces.getFor(principal, workspaceId);
      const isTruncated = after !== undefined && (await events.list(principal, { after, workspaceId, limit: 1 })).isTruncated;
      if (!socket.isOpen) return { last: after ?? "", isTruncated, start() {} };
      join(socket);
      const from = after === undefined ? events.newest() : events.ids.cursorOf(after);
      const subscription: Subscription = { types: types === undefined ? allTypes : loggedTypes(types), workspaceId, position: from, isLive: false };
      return {
        last: events.ids.of(from),
        isTruncated,
        start() {
          socket.subscription = subscription;
          void catchUp(socket, subscription);
        },
      };
    },
    end(socket) {
      socket.subscription = undefined;
      sockets.delete(socket);
      if (sockets.size > 0) return;
      following?.abort();
      following = undefined;
    },
  };
}

const allTypes = loggedTypes(undefined);

function fits(event: LoggedEvent, { types, workspaceId }: Subscription, principal: Principal): boolean {
  return maySee(principal, event.workspaceId) && (workspaceId === undefined || workspaceId === event.workspaceId) && types.includes(event.type);
}

/** A client that comes back with the id of its last event misses nothing. */
function fail(socket: Socket): void {
  socket.close(closeCodes.internalError, "Something went wrong inside the gateway. Come back with `after`.");
}
