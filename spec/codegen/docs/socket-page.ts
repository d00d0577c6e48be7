import { escape } from "./escape.ts";
import { block, type RenderedPage } from "./render.ts";

/** What the page shows of the AsyncAPI document. */
export interface Asyncapi {
  info: { title: string; description: string };
  operations: Record<string, { action: "send" | "receive"; summary: string; messages: Reference[]; reply?: { messages: Reference[] } }>;
  components: { messages: Record<string, Message>; schemas: Record<string, Schema> };
}

interface Reference {
  $ref: string;
}

interface Message {
  name: string;
  summary: string;
  payload: Reference;
  examples?: { payload: unknown }[];
}

interface Schema {
  $ref?: string;
  type?: string;
  description?: string;
  enum?: string[];
  items?: Schema;
  anyOf?: Schema[];
  required?: string[];
  properties?: Record<string, Schema>;
}

/** The page `ws`: the frames of the WebSocket. */
export function socketPage({ info, operations, components: { messages, schemas } }: Asyncapi): RenderedPage {
  const byReference = ({ $ref }: Reference) => messages[nameOf($ref)]!;
  const parts = Object.entries(operations).map(([id, { action, summary, messages: own, reply }]) => ({
    id,
    heading: summary,
    frames: [
      ...own.map((message) => section(byReference(message), action === "receive" ? "You send" : "The gateway sends", schemas)),
      ...(reply?.messages ?? []).map((message) => section(byReference(message), "The gateway answers", schemas)),
    ],
    text: [...own, ...(reply?.messages ?? [])].map((message) => `${byReference(message).name} ${byReference(message).summary}`).join(" "),
  }));
  const seen = new Set<string>();
  // One frame may answer several; it is described once.
  const isNew = (frame: string) => !seen.has(frame) && seen.add(frame);
  const html = [
    `<h1>${escape(title)}</h1>`,
    ...info.description.split("\n\n").map((text) => `<p>${prose(text)}</p>`),
    ...parts.flatMap(({ id, heading, frames }) => [`<h2 id="${id}"><a href="#${id}">${escape(heading)}</a></h2>`, ...frames.filter(isNew)]),
  ];
  return { name: "ws", title, html: `${html.join("\n")}\n`, sections: [{ id: "", heading: title, text: info.description }, ...parts.map(({ id, heading, text }) => ({ id, heading, text }))] };
}

const title = "WebSocket";

function section({ name, summary, payload, examples = [] }: Message, who: string, schemas: Record<string, Schema>): string {
  const { properties = {}, required = [] } = schemas[nameOf(payload.$ref)] ?? {};
  const rows = Object.entries(properties).map(([member, schema]) => `<tr><td><code>${escape(member)}</code></td><td>${escape(typeOf(schema, schemas))}${required.includes(member) ? "" : ", optional"}</td><td>${prose(describe(schema, schemas))}</td></tr>`);
  const shown = examples.map((example) => block(JSON.stringify(example.payload, null, 2), "json"));
  return `<h3>${who} <code>${escape(name)}</code></h3><p>${prose(summary)}</p><div class="table" tabindex="0"><table>${rows.join("")}</table></div>${shown.join("")}`;
}

function describe({ $ref, description }: Schema, schemas: Record<string, Schema>): string {
  return description ?? ($ref === undefined ? "" : (schemas[nameOf($ref)]?.description ?? ""));
}

/** A schema in a few words; the members of an object where it has some. */
function typeOf(schema: Schema, schemas: Record<string, Schema>): string {
  if (schema.$ref !== undefined) return typeOf(schemas[nameOf(schema.$ref)] ?? {}, schemas);
  if (schema.anyOf) return schema.anyOf.map((member) => typeOf(member, schemas)).join(" or ");
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" or ");
  if (schema.type === "array") return `list of ${typeOf(schema.items ?? {}, schemas)}`;
  if (schema.properties) return `object (${Object.keys(schema.properties).join(", ")})`;
  return schema.type ?? "any value";
}

const nameOf = (reference: string) => reference.slice(reference.lastIndexOf("/") + 1);

/** Text with what stands between backticks as code. */
const prose = (text: string) => escape(text).replaceAll(/`([^`]+)`/g, "<code>$1</code>");
