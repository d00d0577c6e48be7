import type { Schemas } from "../../../typescript/sdk/src/index.ts";

export type Webhook = Schemas["Webhook"];
export type Delivery = Schemas["WebhookDelivery"];
export type WebhookEvent = Schemas["WebhookEvent"];

/** What a webhook can be told of, as a person chooses between them. */
export const eventTitles: Readonly<Record<Exclude<WebhookEvent, "*">, string>> = {
  "message.received": "A message has come in",
  "message.sent": "A message has gone out",
  "conversation.created": "A conversation has begun",
  "session.started": "A session has begun (the same)",
  "session.ended": "A session was deleted",
  "channel.connected": "A channel is connected",
  "channel.disconnected": "A channel is lost",
  "error.agent": "A turn has failed",
  "tool.invoked": "A tool was called",
  "run.finished": "A turn has ended",
  "cron.finished": "A cron job has run",
};

export function toneOf(status: Delivery["status"]): string {
  if (status === "delivered") return "good";
  return status === "dead" ? "bad" : "";
}

export const statusTitles: Readonly<Record<Delivery["status"], string>> = { pending: "pending", delivered: "delivered", dead: "given up" };

/** What to do with a secret. */
export const secretAdvice = "Give it to the program that is called: with it the program makes sure that a call is the gateway’s.";
