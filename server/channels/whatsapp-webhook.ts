import { createHash, timingSafeEqual } from "node:crypto";
import type { ChannelsHandlers } from "../../generated/server/handlers.ts";
import type { WebhookConnector } from "../connectors/port.ts";
import { GatewayError } from "../errors.ts";
import type { RequestContext } from "../http/request-context.ts";

export interface WhatsappWebhookOptions {
  /** Null while the channel is not configured, or off. */
  connector: () => WebhookConnector | null;
  /** The settings' word for the handshake; null while the channel is not configured, or off. */
  verifyToken: () => string | null;
}

/** What Meta calls: once to see whose address this is, then with what people write. */
export function createWhatsappWebhookHandlers({ connector, verifyToken }: WhatsappWebhookOptions): Pick<ChannelsHandlers<RequestContext>, "verifyWhatsappWebhook" | "receiveWhatsappCallback"> {
  return {
    async verifyWhatsappWebhook({ query }) {
      const expected = verifyToken();
      if (expected === null) throw notConfigured();
      if (query["hub.mode"] !== "subscribe" || !isSame(query["hub.verify_token"], expected)) throw new GatewayError("forbidden", "This is not the word that the settings have as `channels.whatsapp.verifyToken`.");
      return { status: 200, contentType: "text/plain", text: query["hub.challenge"] };
    },
    async receiveWhatsappCallback({ headers, body }, { rawBody }) {
      const found = connector();
      if (!found) throw notConfigured();
      await found.takeCallback({ headers, rawBody: rawBody!, body });
      return { status: 200 };
    },
  };
}

/** In the same time wherever they differ. */
function isSame(said: string, expected: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(said), digest(expected));
}

const notConfigured = () => new GatewayError("not_found", "The channel whatsapp is not configured, or off.");
