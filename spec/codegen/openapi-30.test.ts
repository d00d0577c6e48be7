import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { nodes, type OpenapiDocument, type OpenapiOperation, type Schema } from "./document.ts";
import { fitVersion30 } from "./openapi-30.ts";
import { root } from "./paths.ts";

/** The schema of one property after it was fitted. */
function fitted(property: Schema): Schema {
  const document = documentOf({
    Instant: { type: "string", format: "date-time", description: "When." },
    Colour: { type: "string", enum: ["red", "green"] },
    Texts: { type: "array", items: { type: "string" } },
    Agent: { type: "object", properties: { id: { type: "string" } } },
    Holder: { type: "object", properties: { property } },
  });
  fitVersion30(document);
  return document.components.schemas["Holder"]!.properties!["property"]!;
}

function documentOf(schemas: Record<string, Schema>, paths: OpenapiDocument["paths"] = {}): OpenapiDocument {
  return { openapi: "3.0.0", info: { license: { name: "MIT", "x-oai-license-identifier": "MIT" } }, tags: [], paths, components: { schemas, parameters: {} } };
}

describe("OpenAPI 3.0", () => {
  test("a string that may be null is one, whatever its name; what it is good for stays", () => {
    expect(fitted({ type: "string", allOf: [{ $ref: "#/components/schemas/Instant" }], nullable: true, description: "Its end." })).toEqual({ type: "string", format: "date-time", nullable: true, description: "Its end." });
  });

  test("an array that may be null says what is in it", () => {
    expect(fitted({ type: "object", allOf: [{ $ref: "#/components/schemas/Texts" }], nullable: true })).toEqual({ type: "array", items: { type: "string" }, nullable: true });
  });

  test("an object, or one of a list, that may be null keeps its name", () => {
    for (const [name, type] of [["Agent", "object"], ["Colour", "string"]]) {
      expect(fitted({ allOf: [{ $ref: `#/components/schemas/${name}` }], nullable: true })).toEqual({ type, allOf: [{ $ref: `#/components/schemas/${name}` }], nullable: true });
    }
  });

  test("of several types, one may be null", () => {
    expect(fitted({ anyOf: [{ type: "string" }, { type: "array" }], nullable: true })).toEqual({ anyOf: [{ type: "string", nullable: true }, { type: "array" }] });
  });

  test("what is always null is of any type", () => {
    expect(fitted({ nullable: true })).toEqual({ description: "Always null." });
  });

  test("what is said beside a reference can be read", () => {
    expect(fitted({ $ref: "#/components/schemas/Colour", description: "Of the wall." })).toEqual({ allOf: [{ $ref: "#/components/schemas/Colour" }], description: "Of the wall." });
  });

  test("an operation has one success, and one media type of its body", () => {
    const operation: OpenapiOperation = {
      operationId: "say",
      requestBody: { content: { "application/json": { schema: {} }, "application/merge-patch+json": { schema: {} } } },
      responses: { 200: { description: "Said." }, 202: { description: "Later." }, 204: { description: "Nothing." }, 404: { description: "No such." } },
    };
    fitVersion30(documentOf({}, { "/say": { post: operation } }));
    expect(Object.keys(operation.responses)).toEqual(["200", "404"]);
    expect(Object.keys(operation.requestBody!.content)).toEqual(["application/json"]);
  });

  test("has the paths, schemas, fields and error codes of 3.1", async () => {
    const [v30, v31] = await Promise.all(["openapi-3.0.yaml", "openapi.yaml"].map(async (name) => parse(await readFile(join(root, "generated", name), "utf8")) as OpenapiDocument));
    expect(namesOf(v30!)).toEqual(namesOf(v31!));
  });
});

function namesOf({ paths, components: { schemas, parameters, responses, headers } }: OpenapiDocument): unknown {
  return {
    operations: Object.entries(paths).map(([path, item]) => [path, Object.entries(item).map(([method, { operationId, parameters: of = [], requestBody, responses: answers }]) => [method, operationId, of.length, requestBody?.required, Object.keys(answers).filter((status, index) => index === 0 || status >= "300")])]),
    shared: [parameters, responses, headers].map((kind) => Object.keys(kind ?? {})),
    schemas: Object.entries(schemas).map(([name, schema]) => [name, Object.keys(schema.properties ?? {}), schema["required"], schema["enum"], closedIn(schema)]),
  };
}

/** How many of a schema's objects take no other member than theirs. */
function closedIn(schema: Schema): number {
  return [...nodes(schema)].filter((node) => node["additionalProperties"] === false).length;
}
