import type { Schemas } from "../../../typescript/sdk/src/index.ts";

/** What happens, as the contract has it; by which way it came makes no difference. */
export type GatewayEvent = Schemas["Event"];

/** An event on a socket, of which only what is needed here is looked at. */
interface EventFrame {
  type: string;
  id: string;
  timestamp: string;
  payload: unknown;
}

const otherNames: Readonly<Record<string, string>> = { "session:created": "session.started", error: "error.agent" };

/** The event in a frame of a socket; nothing for a frame that answers one of ours. What tells the two kinds of `error` apart is the time. */
export function eventOfFrame(frame: object): GatewayEvent | undefined {
  if (!isEvent(frame)) return undefined;
  const { type, id, timestamp, payload } = frame;
  return { id, event: otherNames[type] ?? type.replace(":", "."), timestamp, data: payload } as GatewayEvent;
}

function isEvent(frame: object): frame is EventFrame {
  return "type" in frame && "timestamp" in frame && "payload" in frame && "id" in frame;
}
