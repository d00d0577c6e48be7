import type { IncomingHttpHeaders } from "node:http";
import type { ChannelsHandlers } from "../../generated/server/handlers.ts";
import type { WebhookConnector } from "../connectors/port.ts";
import { GatewayError } from "../errors.ts";
import type { RequestContext } from "../http/request-context.ts";

export interface TelegramWebhookOptions {
  /** Null while Telegram is not among the enabled channels. */
  connector: () => WebhookConnector | null;
}

/** What Telegram calls when something has come in. */
export function createTelegramWebhookHandlers({ connector }: TelegramWebhookOptions): Pick<ChannelsHandlers<RequestContext>, "receiveTelegramUpdate"> {
  return {
    async receiveTelegramUpdate({ headers, body }) {
      // Telegram signs nothing: its secret is in a header.
      await found(connector()).takeCallback({ headers, rawBody: noBytes, body });
      return { status: 204 };
    },
  };
}

/** Asked before the body is read. */
export function createTelegramWebhookDoor({ connector }: TelegramWebhookOptions): { receiveTelegramUpdate(headers: IncomingHttpHeaders): void } {
  return { receiveTelegramUpdate: (headers) => found(connector()).admit?.(headers) };
}

const noBytes = Buffer.alloc(0);

function found(connector: WebhookConnector | null): WebhookConnector {
  if (!connector) throw new GatewayError("not_found", "Telegram is not among the channels of this gateway.");
  return connector;
}
