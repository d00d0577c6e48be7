import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { OpenapiDocument, OpenapiOperation, Response } from "../../spec/codegen/document.ts";
import { expectedStreams } from "../streams/expected.ts";

/**
 * The contract as Prism can serve it. Prism cannot write events: it answers 500 where the schema of a
 * `text/event-stream` is an object. So each such answer becomes a text, with the expected streams as its examples, named
 * after their editions.
 */
export function mockDocument(): OpenapiDocument {
  const document = JSON.parse(readFileSync(join(import.meta.dirname, "../../generated/openapi.json"), "utf8")) as OpenapiDocument;
  for (const operation of Object.values(document.paths).flatMap((item) => Object.values(item))) {
    openToEverybody(operation);
    streamAsText(operation);
  }
  return document;
}

function streamAsText({ operationId, responses }: OpenapiOperation): void {
  const stream = (responses["200"] as Response | undefined)?.content?.["text/event-stream"];
  if (!stream) return;
  stream.schema = { type: "string" };
  const examples = expectedStreams.filter((expected) => expected.operationId === operationId);
  if (examples.length === 0) throw new Error(`${operationId} has no expected stream in spec/streams`);
  stream.examples = Object.fromEntries(examples.map(({ edition, text }) => [edition, { value: text }]));
}

/** `security: [{}]` means that no key is asked for (OpenAPI 3.1, 4.8.30); Prism takes it for a scheme that nobody can satisfy. */
function openToEverybody(operation: OpenapiOperation & { security?: object[] }): void {
  if (operation.security?.every((requirement) => Object.keys(requirement).length === 0)) operation.security = [];
}
