import { hash } from "node:crypto";

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

const style = `
      body { font: 16px/1.5 system-ui, sans-serif; max-width: 56rem; margin: 2rem auto; padding: 0 1rem; color: #1b1f24; background: #fff; }
      code, pre { font: 14px/1.5 ui-monospace, monospace; }
      pre { background: #f3f4f6; padding: 0.75rem; overflow-x: auto; white-space: pre-wrap; }
      table { border-collapse: collapse; width: 100%; }
      td, th { text-align: left; vertical-align: top; padding: 0.25rem 0.75rem 0.25rem 0; border-top: 1px solid #d8dce2; }
      h2 { margin-top: 3rem; }
      @media (prefers-color-scheme: dark) {
        body { color: #e6e8eb; background: #14171b; }
        pre { background: #20252b; }
        td, th { border-color: #3a4048; }
        a { color: #8ab4f8; }
      }
    `;

/** The page may do nothing but look as it does. */
export const socketPagePolicy = `default-src 'none'; style-src 'sha256-${hash("sha256", style, "base64")}'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** The frames of `/ws` as a page that needs no script. */
export function socketPage({ info, operations, components: { messages, schemas } }: Asyncapi): string {
  const byReference = ({ $ref }: Reference) => messages[nameOf($ref)]!;
  const shown = Object.values(operations).flatMap(({ action, summary, messages: own, reply }) => [
    `<h2>${escape(summary)}</h2>`,
    ...own.map((message) => section(byReference(message), action === "receive" ? "You send" : "The gateway sends", schemas)),
    ...(reply?.messages ?? []).map((message) => section(byReference(message), "The gateway answers", schemas)),
  ]);
  const seen = new Set<string>();
  // One frame may answer several; it is described once.
  const sections = shown.filter((text) => text.startsWith("<h2>") || (!seen.has(text) && seen.add(text)));
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${escape(info.title)}</title>
    <link rel="icon" href="data:," />
    <style>${style}</style>
  </head>
  <body>
    <p><a href="/docs">API reference</a> · AsyncAPI 3: <a href="/asyncapi.yaml">YAML</a>, <a href="/asyncapi.json">JSON</a></p>
    <h1>${escape(info.title)}</h1>
    ${info.description.split("\n\n").map((text) => `<p>${prose(text)}</p>`).join("\n    ")}
    ${sections.join("\n    ")}
  </body>
</html>
`;
}

function section({ name, summary, payload, examples = [] }: Message, who: string, schemas: Record<string, Schema>): string {
  const { properties = {}, required = [] } = schemas[nameOf(payload.$ref)] ?? {};
  const rows = Object.entries(properties).map(([member, schema]) => `<tr><td><code>${escape(member)}</code></td><td>${escape(typeOf(schema, schemas))}${required.includes(member) ? "" : ", optional"}</td><td>${prose(describe(schema, schemas))}</td></tr>`);
  const shown = examples.map((example) => `<pre>${escape(JSON.stringify(example.payload, null, 2))}</pre>`);
  return `<h3>${who} <code>${escape(name)}</code></h3><p>${prose(summary)}</p><table>${rows.join("")}</table>${shown.join("")}`;
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

const escape = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** Text with what stands between backticks as code. */
const prose = (text: string) => escape(text).replaceAll(/`([^`]+)`/g, "<code>$1</code>");
