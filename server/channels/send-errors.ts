import { type ChannelName, ConnectorError, type ConnectorStatus } from "../connectors/port.ts";
import { GatewayError } from "../errors.ts";
import { UnsentText } from "./outbox.ts";

const platforms: Record<ChannelName, string> = { telegram: "Telegram", discord: "Discord", slack: "Slack", whatsapp: "WhatsApp" };

const retryAfterSeconds = 5;

/** How soon somebody may have changed the settings. */
const switchedOffSeconds = 60;

export function isStopping(): GatewayError {
  return new GatewayError("service_unavailable", "The gateway is stopping. Please come back in a moment.", { retryAfterSeconds });
}

/** `status` is null where the channel is switched off. */
export function notConnected(name: ChannelName, status: ConnectorStatus | null): GatewayError {
  if (status === null) return new GatewayError("service_unavailable", `The channel \`${name}\` is switched off in the settings, at channels.${name}.enabled.`, { retryAfterSeconds: switchedOffSeconds, details: { channel: name } });
  const reason = status.error === null ? "" : ` ${sentence(status.error)}`;
  return new GatewayError("service_unavailable", `The channel \`${name}\` is not connected.${reason} Please come back in a moment.`, { retryAfterSeconds, details: { channel: name, status: status.state } });
}

/** What kept a message from getting out, for whoever has sent it. */
export function unsent(channel: ChannelName, thrown: unknown): GatewayError {
  if (!(thrown instanceof UnsentText) || !(thrown.cause instanceof ConnectorError)) return GatewayError.from(thrown);
  const { cause, messageId, partsSent, parts } = thrown;
  const platform = platforms[channel];
  const reason = cause.message;
  const mayBeDelivered = cause.kind === "unknown";
  const what =
    cause.kind === "refused"
      ? `${platform} refused the message: ${sentence(reason)}`
      : mayBeDelivered
        ? `The connection to ${platform} broke before it said whether it has the message. It may have been delivered.`
        : `${platform} cannot take the message now: ${sentence(reason)}`;
  const details = { channel, reason, ...(mayBeDelivered && { mayBeDelivered }) };
  // What is out must not be sent again by a client that believes it only has to come back.
  if (partsSent > 0) return new GatewayError("provider_error", `${partsSent} of ${parts} parts of the message were sent, and then no more. ${what}`, { details: { ...details, partsSent, parts, messageId }, cause });
  if (cause.kind !== "unavailable") return new GatewayError("provider_error", what, { details, cause });
  return new GatewayError("service_unavailable", what, { retryAfterSeconds: Math.max(1, Math.ceil((cause.retryAfterMs ?? retryAfterSeconds * 1000) / 1000)), details, cause });
}

function sentence(reason: string): string {
  return /[.!?]$/.test(reason) ? reason : `${reason}.`;
}
