import type { InboundMessage } from "../port.ts";
import { messageText } from "./message-text.ts";
import { at, listAt, textAt } from "./read.ts";

/** What one request of Meta tells of one number. */
export interface Callback {
  /** As they were sent: by the platform's clock, each person's messages one after another. */
  messages: InboundMessage[];
  /** Messages of the bot's that did not get through after all. */
  failures: { messageId: string | undefined; error: unknown }[];
  /** Kinds of things that are not for an agent, or not known. */
  passedOver: string[];
}

/** Reads the body of a callback. What is for other numbers is none of ours. */
export function readCallback(body: unknown, phoneNumberId: string): Callback {
  const callback: Callback = { messages: [], failures: [], passedOver: [] };
  for (const change of listAt(body, "entry").flatMap((entry) => listAt(entry, "changes"))) {
    const value = at(change, "value");
    if (at(change, "field") !== "messages") callback.passedOver.push(`field:${textAt(change, "field") ?? "none"}`);
    else if (at(value, "metadata", "phone_number_id") !== phoneNumberId) callback.passedOver.push("another number");
    else readChange(value, callback);
  }
  callback.messages.sort((a, b) => a.sentAt - b.sentAt);
  return callback;
}

function readChange(value: unknown, callback: Callback): void {
  const contacts = listAt(value, "contacts");
  for (const message of listAt(value, "messages")) {
    const read = readMessage(message, contacts);
    if (typeof read === "string") callback.passedOver.push(read);
    else callback.messages.push(read);
  }
  for (const status of listAt(value, "statuses")) {
    if (at(status, "status") === "failed") callback.failures.push({ messageId: textAt(status, "id"), error: at(status, "errors", 0) });
  }
}

/** The message, or the kind of thing that it is instead. */
function readMessage(message: unknown, contacts: readonly unknown[]): InboundMessage | string {
  const kind = `message:${textAt(message, "type") ?? "none"}`;
  // The few businesses that may have groups: who is meant there cannot be told, and an answer would go to one person alone.
  if (textAt(message, "group_id") !== undefined) return "message in a group";
  const contact = contactOf(message, contacts);
  // Who hides their number behind a username has an id with this business only.
  const chatId = textAt(contact, "wa_id") ?? textAt(message, "from") ?? textAt(message, "from_user_id") ?? textAt(contact, "user_id");
  const id = textAt(message, "id");
  const text = messageText(message);
  const sentAtSeconds = Number(at(message, "timestamp"));
  if (chatId === undefined || id === undefined || text === undefined) return kind;
  const userName = textAt(contact, "profile", "name") ?? textAt(contact, "profile", "username") ?? chatId;
  return { id, chatId, messageId: id, chatType: "direct", userId: chatId, userName, text, sentAt: Number.isFinite(sentAtSeconds) ? sentAtSeconds * 1000 : 0 };
}

/** The one whose message it is: `wa_id` and `from` may be written differently (Brazil, Mexico), and then there is but one. */
function contactOf(message: unknown, contacts: readonly unknown[]): unknown {
  const from = textAt(message, "from");
  const userId = textAt(message, "from_user_id");
  const found = contacts.find((contact) => (from !== undefined && at(contact, "wa_id") === from) || (userId !== undefined && at(contact, "user_id") === userId));
  return found ?? (contacts.length === 1 ? contacts[0] : undefined);
}
