import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { OpenapiDocument, Response } from "../../spec/codegen/document.ts";
import { expectedStreams } from "../streams/expected.ts";

/**
 * The contract as Prism can serve it. Prism cannot write events: it answers 500 where the schema of a
 * `text/event-stream` is an object. So each such answer becomes a text, with the expected streams as its examples, named
 * after their editions.
 */
export function mockDocument(): OpenapiDocument {
  const document = JSON.parse(readFileSync(join(import.meta.dirname, "../../generated/openapi.json"), "utf8")) as OpenapiDocument;
  for (const item of Object.values(document.paths)) {
    for (const { operationId, responses } of Object.values(item)) {
      const stream = (responses["200"] as Response | undefined)?.content?.["text/event-stream"];
      if (!stream) continue;
      stream.schema = { type: "string" };
      const examples = expectedStreams.filter((expected) => expected.operationId === operationId);
      if (examples.length === 0) throw new Error(`${operationId} has no expected stream in contract-tests/streams`);
      stream.examples = Object.fromEntries(examples.map(({ edition, text }) => [edition, { value: text }]));
    }
  }
  dropDiscriminatorMappings(document);
  return document;
}

/** Prism's validator takes a `mapping` for references of its own, and does not find them once it has inlined the schemas. */
function dropDiscriminatorMappings({ components: { schemas } }: OpenapiDocument): void {
  for (const schema of Object.values(schemas)) {
    if (typeof schema["discriminator"] === "object") delete schema["discriminator"];
  }
}

