import { isDeepStrictEqual } from "node:util";
import { resolve, type Reference, type Schema } from "../codegen/document.ts";
import type { Change, Note } from "./change.ts";
import { createSchemaComparison, type CompareSchemas } from "./compare-schemas.ts";

/** The part of the AsyncAPI document that is compared. */
export interface AsyncapiDocument {
  channels: Record<string, { address: string; bindings?: unknown }>;
  operations: Record<string, FrameOperation>;
  components: { schemas: Record<string, Schema> };
  [member: string]: unknown;
}

interface FrameOperation {
  /** `receive`: what clients send. `send`: what the gateway sends of itself. */
  action: "receive" | "send";
  summary?: string;
  messages: Reference[];
  reply?: { messages: Reference[] };
  "x-open"?: boolean;
}

/** Compares the frames of a socket: what goes in as requests are, what comes out as a stream's events. */
export function compareFrames(before: AsyncapiDocument, after: AsyncapiDocument, note: Note): void {
  const compareSchemas = createSchemaComparison({ before, after }, note);
  const address = Object.values(after.channels)[0]?.address ?? "";
  if (!isDeepStrictEqual(channelsOf(before), channelsOf(after))) note({ kind: "channel-changed", level: "breaking", place: address, side: null, says: "is connected to in another way" }, address);
  for (const name of new Set([...Object.keys(before.operations), ...Object.keys(after.operations)])) {
    const [old, young] = [before.operations[name], after.operations[name]];
    const place = `${address} ${name}`;
    const say = (kind: Change["kind"], level: Change["level"], says: string) => note({ kind, level, place, side: null, says }, place);
    if (!young) say("operation-removed", "breaking", "is gone");
    else if (!old) say("operation-added", "compatible", "is new");
    else if (old.action !== young.action) say("operation-moved", "breaking", "goes the other way");
    else {
      if (old.summary !== young.summary) say("described", "documentation", "is described otherwise");
      compareFrameOperation({ before, after }, old, young, place, compareSchemas);
    }
  }
}

function compareFrameOperation(documents: { before: AsyncapiDocument; after: AsyncapiDocument }, old: FrameOperation, young: FrameOperation, place: string, compareSchemas: CompareSchemas): void {
  const sent = { name: place, side: "answer", operation: place, isStream: true } as const;
  const union = (document: AsyncapiDocument, operation: FrameOperation, messages: Reference[] = []): Schema => ({
    oneOf: messages.map((message) => resolve<{ payload: Schema }>(document, message).payload),
    ...(operation["x-open"] ? { "x-open": true } : {}),
  });
  if (old.action === "receive") compareSchemas(union(documents.before, old, old.messages), union(documents.after, young, young.messages), { ...sent, side: "request", isStream: false });
  else compareSchemas(union(documents.before, old, old.messages), union(documents.after, young, young.messages), sent);
  compareSchemas(union(documents.before, old, old.reply?.messages), union(documents.after, young, young.reply?.messages), sent);
}

const channelsOf = ({ channels }: AsyncapiDocument) => Object.values(channels).map(({ address, bindings }) => ({ address, bindings }));
