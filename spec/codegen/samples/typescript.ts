import { enclose, lines } from "./layout.ts";
import { sampleUrl, type SampleRequest } from "./request.ts";
import { typescriptSocket } from "./socket.ts";

/** A module for Node, Deno, Bun or a browser, with our own package. */
export function typescriptSample(request: SampleRequest): string {
  const { id, path, query, headers, body, needsToken, answer } = request;
  if (id === "openSocket") return typescriptSocket;
  const members = Object.entries({ path, query, headers, body }).filter(([, value]) => value !== undefined && Object.keys(value as object).length > 0);
  const call = (method: string) => `client.${method}(${[JSON.stringify(id), ...(members.length === 0 ? [] : [literal(Object.fromEntries(members))])].join(", ")})`;
  return lines(
    'import { OpenClawClient } from "@openclaw/sdk";',
    "",
    `const client = new OpenClawClient(${literal({ baseUrl: sampleUrl, ...(needsToken && { token: raw }) }).replace(JSON.stringify(raw), raw)});`,
    "",
    ...use(answer, call),
  );
}

const raw = "process.env.OPENCLAW_TOKEN";

function use(answer: SampleRequest["answer"], call: (method: string) => string): string[] {
  switch (answer) {
    case "events":
      return [`for await (const event of ${call("streamOf")}) {`, "  console.log(event);", "}"];
    case "pages":
      return ["// Page after page, each asked for when the loop gets there.", `for await (const item of ${call("list")}) {`, "  console.log(item);", "}"];
    case "nothing":
      return [`await ${call("call")};`];
    case "json":
    case "text":
      return [`const answer = await ${call("call")};`, "console.log(answer);"];
  }
}

function literal(value: unknown): string {
  if (Array.isArray(value)) return enclose("[", value.map(literal), "]");
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([name, inner]) => `${/^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name)}: ${literal(inner)}`);
  return enclose("{", members, "}", { padding: " " });
}
