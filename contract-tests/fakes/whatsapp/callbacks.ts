import { randomUUID } from "node:crypto";

/** What a person writes. */
export interface Written {
  /** Their number, without a plus. */
  from: string;
  text: string;
  name?: string;
  id?: string;
  /** Epoch seconds. */
  timestamp?: number;
}

/** A message within a callback. */
export interface CallbackMessage {
  from: string;
  id: string;
  timestamp: string;
  type: string;
  [part: string]: unknown;
}

export function textMessage({ from, text, id = `wamid.${randomUUID()}`, timestamp = 1_763_740_800 }: Written): CallbackMessage {
  return { from, id, timestamp: String(timestamp), type: "text", text: { body: text } };
}

/** One of another type than text, such as `{ image: { caption: "…" } }`. */
export function messageOf(part: Record<string, unknown>, from = "16505551234"): CallbackMessage {
  return { from, id: `wamid.${randomUUID()}`, timestamp: "1763740800", type: Object.keys(part)[0]!, ...part };
}

/** A callback of one number's messages, and of who wrote them. */
export function callbackOf(phoneNumberId: string, messages: readonly CallbackMessage[], people: readonly { from: string; name?: string }[] = [{ from: "16505551234", name: "Sheena" }]): object {
  const contacts = people.map(({ from, name = "Sheena" }) => ({ profile: { name }, wa_id: from }));
  return changeOf(phoneNumberId, { contacts, messages });
}

/** A callback of one number with any value, such as `{ statuses: […] }`. */
export function changeOf(phoneNumberId: string, value: Record<string, unknown>, field = "messages"): object {
  const metadata = { display_phone_number: "15550783881", phone_number_id: phoneNumberId };
  return { object: "whatsapp_business_account", entry: [{ id: "102290129340398", changes: [{ value: { messaging_product: "whatsapp", metadata, ...value }, field }] }] };
}
