import { OpenClawConnectionError } from "../../../typescript/core/error.ts";
import { readEvents } from "../../../typescript/core/read-events.ts";
import type { GatewayEvent } from "./events.ts";
import type { Way } from "./follow-events.ts";

/** Events as Server-Sent Events, for where a proxy lets no WebSocket through. */
export const readStream: Way = async (gateway, { after, onOpen, onEvent, signal }) => {
  const params = { query: after === undefined ? {} : { after } };
  const { response } = await gateway.api.GET("/api/v1/events", { params, headers: { Accept: "text/event-stream" }, parseAs: "stream", ...gateway.until(signal) });
  onOpen(after);
  try {
    for await (const { data } of readEvents(response.body!)) onEvent(JSON.parse(data) as GatewayEvent);
  } catch (error) {
    signal.throwIfAborted();
    throw new OpenClawConnectionError("The connection broke.", error);
  }
};
