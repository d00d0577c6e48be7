import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { exampleToken, startExampleGateway } from "../../contract-tests/harness/examples.ts";

const read = (name: string): Promise<string> => readFile(join(import.meta.dirname, name), "utf8");

interface Named {
  name: string;
  value: string;
}

interface Workflow {
  nodes: { name: string; type: string; parameters: { assignments?: { assignments: Named[] } } }[];
  connections: Record<string, { main: { node: string }[][] }>;
}

/** The parameters of n8n's HTTP Request node, version 4, as far as the workflow uses them. */
interface HttpRequest {
  method: string;
  url: string;
  authentication: "genericCredentialType";
  genericAuthType: "httpBearerAuth";
  sendHeaders: true;
  headerParameters: { parameters: Named[] };
  sendBody: true;
  specifyBody: "json";
  jsonBody: string;
}

/** What n8n makes of a parameter: text that begins with `=` is a template, its `{{ }}` JavaScript; one alone keeps its type. */
function evaluate(value: string, $json: Record<string, unknown>, $runIndex: number): unknown {
  if (!value.startsWith("=")) return value;
  const known = { $json, $workflow: { id: "wf1" }, $execution: { id: "231" }, $runIndex, $itemIndex: 0, JSON };
  const result = (expression: string): unknown => runInNewContext(expression, known);
  const alone = /^=\{\{((?:(?!\}\} ).)*)\}\}$/s.exec(value);
  if (alone?.[1] !== undefined) return result(alone[1]);
  return value.slice(1).replaceAll(/\{\{(.+?)\}\}/g, (_all, expression: string) => String(result(expression)));
}

const assign = (assignments: readonly Named[], json: Record<string, unknown>, runIndex: number) =>
  Object.fromEntries(assignments.map(({ name, value }) => [name, evaluate(value, json, runIndex)]));

/**
 * Goes through the workflow as n8n does, from its trigger along its connections, with nothing but what the file says. In a loop a
 * node runs several times in one execution; `runIndex` says which time it is.
 */
async function runWorkflow({ nodes, connections }: Workflow, origin: string, token: string, runIndex = 0): Promise<Record<string, unknown>> {
  let json: Record<string, unknown> = {};
  let next = nodes.find(({ type }) => type.endsWith("Trigger"))?.name;
  while (next !== undefined) {
    const { type, parameters } = nodes.find(({ name }) => name === next)!;
    if (type === "n8n-nodes-base.set") json = assign(parameters.assignments!.assignments, json, runIndex);
    if (type === "n8n-nodes-base.httpRequest") json = await request(parameters as unknown as HttpRequest, json, origin, token, runIndex);
    next = connections[next]?.main[0]?.[0]?.node;
  }
  return json;
}

async function request(parameters: HttpRequest, json: Record<string, unknown>, origin: string, token: string, runIndex: number): Promise<Record<string, unknown>> {
  expect(parameters).toMatchObject({ authentication: "genericCredentialType", genericAuthType: "httpBearerAuth", sendHeaders: true, sendBody: true, specifyBody: "json" });
  const { pathname } = new URL(parameters.url);
  const answer = await fetch(origin + pathname, {
    method: parameters.method,
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json", ...(assign(parameters.headerParameters.parameters, json, runIndex) as Record<string, string>) },
    body: evaluate(parameters.jsonBody, json, runIndex) as string,
  });
  const body = (await answer.json()) as Record<string, unknown>;
  if (!answer.ok) throw new Error(`${answer.status} ${String(body["message"])}`);
  return body;
}

describe("examples/http-node", () => {
  test("n8n's workflow gets an answer, and a try after a try is the same turn", async () => {
    const workflow = JSON.parse(await read("openclaw.n8n.json")) as Workflow;
    const { url, call } = await startExampleGateway();
    const answer = await runWorkflow(workflow, url, exampleToken);
    expect(answer).toEqual({ answer: 'You said: Summarize what "open" means in open source.', sessionId: expect.stringMatching(/^sess_/) as unknown, tokens: expect.any(Number) as unknown });
    expect(await runWorkflow(workflow, url, exampleToken)).toEqual(answer);
    expect(await (await call("/api/v1/sessions")).json()).toMatchObject({ sessions: [{ id: answer["sessionId"], userId: "n8n", messageCount: 2 }] });
    await expect(runWorkflow(workflow, url, "oc_tok_nobody")).rejects.toThrow(/^401 /);
  });

  test("each round of a loop in n8n is a turn of its own", async () => {
    const workflow = JSON.parse(await read("openclaw.n8n.json")) as Workflow;
    const { url } = await startExampleGateway();
    const [first, second] = [await runWorkflow(workflow, url, exampleToken, 0), await runWorkflow(workflow, url, exampleToken, 1)];
    expect(second["sessionId"]).not.toBe(first["sessionId"]);
  });

  test("Zapier's fields, as the README fills them in, get an answer", async () => {
    const rows = new Map([...(await read("README.md")).matchAll(/^\| (.+?) \| `(.+)` \|$/gm)].map(([, field = "", value = ""]) => [field, value]));
    const trigger: Record<string, string> = { Email: "ada@example.com", Question: 'What is "open"?', ID: "42" };
    const fill = (value: string): string => value.replaceAll(/\{\{(\w+)\}\}/g, (_all, field: string) => trigger[field]!).replace("oc_tok_…", exampleToken);
    const group = (name: string) => Object.fromEntries([...rows].flatMap(([field, value]) => (field.startsWith(`${name}: `) ? [[field.slice(name.length + 2), fill(value)]] : [])));
    expect([rows.get("Payload Type"), rows.get("Wrap Request In Array")]).toEqual(["json", "no"]);

    const { url, call } = await startExampleGateway();
    const answer = await fetch(url + new URL(rows.get("URL")!).pathname, { method: "POST", headers: { "Content-Type": "application/json", ...group("Headers") }, body: JSON.stringify(group("Data")) });
    expect([answer.status, await answer.json()]).toEqual([200, expect.objectContaining({ response: 'You said: What is "open"?' })]);
    expect(await (await call("/api/v1/sessions")).json()).toMatchObject({ sessions: [{ userId: "ada@example.com", workspace: "default" }] });
  });

  test("what does not wait is answered at once, as the README says", async () => {
    const [, body = ""] = /`(\{"channel".+?\})`/.exec(await read("README.md"))!;
    const { call } = await startExampleGateway();
    const accepted = await call("/api/v1/message", { token: exampleToken, json: JSON.parse(body) as unknown });
    expect(accepted.status).toBe(202);
  });
});
