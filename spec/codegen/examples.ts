import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createParser } from "eventsource-parser";
import { resolve, type OpenapiDocument, type Parameter, type Response } from "./document.ts";
import { errorExamples } from "./error-answers.ts";
import type { Operation } from "./operations.ts";
import { root } from "./paths.ts";

type Streams = Map<string, Record<string, { id: string; data: unknown }[]>>;

/**
 * `server/examples.json`: what `openclaw mock` serves. The examples of each operation, with its streams from
 * `spec/streams/<operationId>.<edition>.txt`, and the errors that they share. One operation a line.
 */
export async function writeExamples(document: OpenapiDocument, operations: readonly Operation[], generated: string): Promise<void> {
  const streams = await readStreams();
  const lines = operations.map((operation) => `    ${JSON.stringify(operation.id)}: ${JSON.stringify(examplesOf(document, operation, streams))}`);
  const text = `{\n  "errors": ${JSON.stringify(errorExamples)},\n  "operations": {\n${lines.join(",\n")}\n  }\n}\n`;
  await writeFile(join(generated, "server/examples.json"), text);
}

function examplesOf(document: OpenapiDocument, { id, statuses, parameters, raw }: Operation, streams: Streams) {
  const good = statuses.filter((status) => status < 400);
  return {
    errors: statuses.filter((status) => status >= 400),
    /** Of the parameters that an answer may name again. */
    parameters: Object.fromEntries(parameters.filter(({ in: place, required }) => place !== "header" && required).map((parameter) => [parameter.name, firstExample(parameter)])),
    hasPages: parameters.some(({ name }) => name === "cursor"),
    answers: good.flatMap((status) => answersOf(id, status, document, resolve(document, raw.responses[status]!), streams)),
  };
}

function answersOf(id: string, status: number, document: OpenapiDocument, { headers = {}, content }: Response, streams: Streams): object[] {
  const shown = Object.entries(headers).map(([name, header]) => [name, resolve(document, header as { example?: unknown }).example] as const);
  const base = { status, headers: Object.fromEntries(shown.filter(([name, example]) => example !== undefined && !setByServer.test(name))) };
  if (!content) return [{ ...base, mediaType: null, examples: {} }];
  return Object.entries(content).map(([mediaType, { examples = {} }]) => {
    const found = mediaType === "text/event-stream" ? (streams.get(id) ?? {}) : Object.fromEntries(Object.entries(examples).map(([name, { value }]) => [name, value]));
    if (Object.keys(found).length === 0) throw new Error(`${id} ${status} ${mediaType} has no example: add an \`@opExample\`, or a file to spec/streams`);
    return { ...base, mediaType, examples: found };
  });
}

/** Headers that the server gives every answer. */
const setByServer = /^(X-Request-Id|X-RateLimit-.*|Idempotency-Replayed)$/;

function firstExample({ examples = {} }: Parameter & { examples?: Record<string, { value: unknown }> }): unknown {
  return Object.values(examples)[0]?.value;
}

async function readStreams(): Promise<Streams> {
  const folder = join(root, "spec/streams");
  const streams: Streams = new Map();
  for (const name of (await readdir(folder)).sort()) {
    const [operationId = "", edition = ""] = name.split(".");
    const events = parseEvents(await readFile(join(folder, name), "utf8"));
    streams.set(operationId, { ...streams.get(operationId), [edition]: events });
  }
  return streams;
}

function parseEvents(text: string): { id: string; data: unknown }[] {
  const events: { id: string; data: unknown }[] = [];
  createParser({ onEvent: ({ id = "", data }) => events.push({ id, data: data.startsWith("{") ? JSON.parse(data) : data }) }).feed(text);
  return events;
}
