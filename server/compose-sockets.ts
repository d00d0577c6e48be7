import { createEntry, type EntryOptions } from "./ws/entry.ts";
import { createRequests, type RequestsOptions } from "./ws/requests.ts";
import { createSockets, type Sockets, type SocketsOptions } from "./ws/sockets.ts";
import { createSubscriptions, type SubscriptionsOptions } from "./ws/subscriptions.ts";
import { createTurns } from "./ws/turns.ts";
import type { Chat } from "./chat/service.ts";

/** Times of sockets, and how many there may be: shorter and fewer in tests. */
export type SocketTimes = Pick<SocketsOptions, "heartbeatMs" | "entryMs" | "most">;

interface Parts extends SubscriptionsOptions, Omit<EntryOptions, "subscriptions">, Omit<RequestsOptions, "subscriptions" | "entry" | "turns">, Pick<SocketsOptions, "hide"> {
  chat: Chat;
}

/** Joins the parts of `/ws`. */
export function composeSockets({ chat, ...parts }: Parts, times: SocketTimes): Sockets {
  const subscriptions = createSubscriptions(parts);
  const entry = createEntry({ ...parts, subscriptions });
  const requests = createRequests({ ...parts, entry, subscriptions, turns: createTurns({ chat }) });
  return createSockets({ ...parts, ...times, entry, requests, subscriptions });
}
