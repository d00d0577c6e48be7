import type { WebSocketHandlers } from "../../generated/server/handlers.ts";
import { GatewayError } from "../errors.ts";
import { errorBody } from "../http/error-faces.ts";
import type { RequestContext } from "../http/request-context.ts";

/** `/ws`, asked in HTTP. */
export function createSocketHandlers(): WebSocketHandlers<RequestContext> {
  return {
    async openSocket(_request, { requestId, path }) {
      const error = new GatewayError("upgrade_required", "This is a WebSocket: ask for an upgrade (RFC 6455). Its frames are described at /docs/ws.");
      return { status: 426, headers: { Upgrade: "websocket" }, body: errorBody("api", error, requestId, path) as never };
    },
  };
}
