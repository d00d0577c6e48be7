import type { EventsHandlers, EventStream } from "../../generated/server/handlers.ts";
import type { components } from "../../generated/server/contract.ts";
import type { RequestContext } from "../http/request-context.ts";
import { encodeEvent } from "./encode.ts";
import type { LoggedEvent } from "./event.ts";
import type { EventIds } from "./event-ids.ts";
import type { Events } from "./service.ts";

/** The log of events, in pages or as a stream. */
export function createEventsHandlers({ events }: { events: Events }): EventsHandlers<RequestContext> {
  return {
    async listEvents({ query: { after: from, types, workspace: workspaceId, limit }, headers }, { principal, wantsEvents, signal }) {
      const after = wantsEvents ? (headers["last-event-id"] ?? from) : from;
      if (wantsEvents) return { status: 200, events: stream(await events.follow(principal, { after, types, workspaceId }, signal), events.ids) };
      const page = await events.list(principal, { after, types, workspaceId, limit });
      const last = events.ids.of(page.last);
      return { status: 200, body: { events: page.events.map((event) => encodeEvent(event, events.ids)), last, ...(page.isMore ? { nextCursor: last } : {}), truncated: page.isTruncated } };
    },
  };
}

async function* stream(batches: AsyncIterable<readonly LoggedEvent[]>, ids: EventIds): EventStream<components["schemas"]["Event"]> {
  for await (const batch of batches) yield batch.map((event) => ({ id: ids.of(event.cursor), data: encodeEvent(event, ids) }));
}
