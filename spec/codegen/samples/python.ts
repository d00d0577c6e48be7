import { resolve, referenceName, type OpenapiDocument, type Schema } from "../document.ts";
import { enclose, lines } from "./layout.ts";
import { branchOf, sampleUrl, type SampleRequest } from "./request.ts";
import { pythonSocket } from "./socket.ts";

const style = { unit: "    " };

/** With our own package. Its methods are named and called as its generator has it (clients/python/generator). */
export function pythonSample(request: SampleRequest, document: OpenapiDocument): string {
  const { id, group, path, query, headers, answer, needsToken } = request;
  if (id === "openSocket") return pythonSocket;
  if (request.asksForEvents) return pythonEvents(request);
  const named = { ...query, ...headers };
  const call = [...Object.values(path).map((value) => literal(value)), ...bodyArguments(request, document), ...Object.entries(named).map(([name, value]) => `${snakeCase(name)}=${literal(value)}`)];
  const method = answer === "pages" ? snakeCase(id).replace(/^list_/, "iterate_") : snakeCase(id);
  const target = `client.${snakeCase(group)}.${method}`;
  const text = (before: string, after: string) => enclose(`${before}${target}(`, call, `)${after}`, style);
  return lines(
    needsToken && "import os",
    needsToken && "",
    `from openclaw import OpenClawClient${call.some((part) => part.includes("models.")) ? ", models" : ""}`,
    "",
    `client = OpenClawClient("${sampleUrl}"${needsToken ? ', os.environ["OPENCLAW_TOKEN"]' : ""})`,
    ...use(answer, text),
  );
}

/** Operations that answer in JSON as well have no method that gives events; the package brings httpx along. */
function pythonEvents({ method, url, body }: SampleRequest): string {
  const headers = '{"Authorization": f"Bearer {os.environ[\'OPENCLAW_TOKEN\']}", "Accept": "text/event-stream"}';
  return lines(
    "import os",
    "",
    "import httpx",
    "",
    `headers = ${headers}`,
    `body = ${literal(body)}`,
    `with httpx.stream(${JSON.stringify(method)}, ${JSON.stringify(url)}, headers=headers, json=body, timeout=None) as response:`,
    "    response.raise_for_status()",
    "    for line in response.iter_lines():",
    '        if line.startswith("data: "):',
    "            print(line[6:])",
  );
}

function use(answer: SampleRequest["answer"], call: (before: string, after: string) => string): string[] {
  switch (answer) {
    case "events":
      return [call("for event in ", ":"), "    print(event)"];
    case "pages":
      return ["# Page after page, each asked for when the loop gets there.", call("for item in ", ":"), "    print(item)"];
    case "nothing":
      return [call("", "")];
    case "json":
    case "text":
      return [call("answer = ", ""), "print(answer)"];
  }
}

/** The members of a body that is one closed object are arguments of the method; else the body is one. */
function bodyArguments({ id, body, bodySchema, bodyRequired, path, query, headers }: SampleRequest, document: OpenapiDocument): string[] {
  if (body === undefined || bodySchema === undefined) return [];
  const { properties, additionalProperties } = resolve(document, bodySchema);
  const others = Object.keys({ ...path, ...query, ...headers }).map(snakeCase);
  const isFlat = bodyRequired && properties !== undefined && !isOpen({ additionalProperties }) && !Object.keys(properties).some((name) => others.includes(snakeCase(name)));
  if (!isFlat) return [`body=${modelled(document, bodySchema, body, `${pascalCase(id)}Body`)}`];
  const owner = referenceName(bodySchema.$ref!);
  return Object.entries(body as object).map(([name, value]) => `${snakeCase(name)}=${modelled(document, properties[name]!, value, owner + pascalCase(name))}`);
}

/** A value as the package's classes have it. `name` is that of the class where the contract has none. */
function modelled(document: OpenapiDocument, schema: Schema, value: unknown, name: string): string {
  if (Array.isArray(value)) return enclose("[", value.map((item) => modelled(document, (branchOf(document, schema, value)["items"] ?? {}) as Schema, item, `${name}Item`)), "]", style);
  if (typeof value !== "object" || value === null) return literal(value);
  const shape = branchOf(document, schema, value);
  const known = Object.entries(document.components.schemas).find(([, other]) => other.properties !== undefined && other.properties === shape.properties)?.[0] ?? (schema.$ref === undefined ? name : referenceName(schema.$ref));
  if (isOpen(shape)) return enclose(`models.${known}.from_dict(`, [literal(value)], ")", { ...style, last: "" });
  const members = Object.entries(value).map(([key, inner]) => `${snakeCase(key)}=${modelled(document, shape.properties?.[key] ?? {}, inner, known + pascalCase(key))}`);
  return enclose(`models.${known}(`, members, ")", style);
}

const isOpen = ({ additionalProperties }: Schema) => typeof additionalProperties === "object";

function literal(value: unknown): string {
  if (Array.isArray(value)) return enclose("[", value.map(literal), "]", style);
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value !== "object") return JSON.stringify(value);
  return enclose("{", Object.entries(value).map(([name, inner]) => `${JSON.stringify(name)}: ${literal(inner)}`), "}", style);
}

function snakeCase(name: string): string {
  const words = name.replaceAll(/[^A-Za-z0-9]+/g, "_").replaceAll(/([a-z0-9])([A-Z])|([a-z])(?=\d)/g, (_, before = "", upper = "", letter = "") => `${before}${letter}_${upper}`).toLowerCase();
  return words === "from" ? "from_" : words;
}

const pascalCase = (name: string) => name.charAt(0).toUpperCase() + name.slice(1).replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
