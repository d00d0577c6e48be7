import type { components } from "../../generated/server/contract.ts";
import { instant } from "../http/encode.ts";
import type { LoggedEvent } from "./event.ts";
import type { EventIds } from "./event-ids.ts";

type WireEvent = components["schemas"]["Event"];

/** An event as the contract has it: in the log, in its stream, and in webhooks. */
export function encodeEvent(event: LoggedEvent, ids: EventIds): WireEvent {
  // `encode.check.ts` has the compiler see that the data of each type are the contract's.
  return { id: ids.of(event.cursor), event: event.type, timestamp: instant(event.at), data: event.data } as WireEvent;
}
