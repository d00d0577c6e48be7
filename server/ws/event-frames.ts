import type { Frames } from "../../generated/server/frames.ts";
import type { EventIds } from "../events/event-ids.ts";
import type { EventType, LoggedEvent } from "../events/event.ts";
import { instant } from "../http/encode.ts";

export type FrameEventType = Frames["FrameEventType"];

/** What each type of event is called on a socket. What began is told once: a conversation is a session. */
const frameTypes: Readonly<Record<EventType, FrameEventType | null>> = {
  "message.received": "message:received",
  "message.sent": "message:sent",
  "conversation.created": null,
  "session.started": "session:created",
  "session.ended": "session:ended",
  "channel.connected": "channel:connected",
  "channel.disconnected": "channel:disconnected",
  "error.agent": "error",
  "tool.invoked": "tool:invoked",
  "run.finished": "run:finished",
  "cron.finished": "cron:finished",
};

const told = (Object.entries(frameTypes) as [EventType, FrameEventType | null][]).filter(([, type]) => type !== null);

/** The log's types for those of a socket; all that are told without any. */
export function loggedTypes(types: readonly FrameEventType[] | undefined): readonly EventType[] {
  return told.filter(([, type]) => types === undefined || types.includes(type!)).map(([type]) => type);
}

/** An event as its frame. */
export function eventFrame(event: LoggedEvent, ids: EventIds): string {
  const frame = { type: frameTypes[event.type], payload: event.data, timestamp: instant(event.at), id: ids.of(event.cursor) };
  return JSON.stringify(frame satisfies Record<keyof Frames["MessageSentFrame"], unknown>);
}
