import { describe, expect, test } from "vitest";
import type { OpenapiDocument, OpenapiOperation, Response, Schema } from "../codegen/document.ts";
import { compareContracts } from "./compare-contracts.ts";
import { currentContract } from "./contracts.ts";
import type { Planted } from "./planted.ts";
import { breaking } from "./planted-breaking.ts";
import { harmless } from "./planted-harmless.ts";

const { contract } = currentContract();

/** What is told of one edit of the real contract. */
function toldOf({ edit }: Pick<Planted, "edit">): string[] {
  const edited = structuredClone(contract);
  const before = JSON.stringify(edited);
  const { openapi } = edited;
  const operation = (method: string, path: string): OpenapiOperation => openapi.paths[path]![method]!;
  const schema = (name: string): Schema => openapi.components.schemas[name]!;
  edit({
    ...edited,
    schema,
    field: (name, field) => schema(name).properties![field]!,
    operation,
    answer: (method, path, status) => operation(method, path).responses[status] as Response,
    parameter: (name) => openapi.components.parameters[name]!,
  });
  expect(JSON.stringify(edited), "the edit has changed nothing").not.toBe(before);
  return compareContracts(contract, edited).map(({ level, kind, place }) => `${level} ${kind} @ ${place}`);
}

describe("one edit of the contract that breaks clients is told, by its kind and place and nothing else", () => {
  test.each(breaking)("$what", (planted) => {
    expect(toldOf(planted)).toEqual(planted.told);
    expect(planted.told.filter((line) => line.startsWith("breaking "))).not.toEqual([]);
  });
});

describe("one edit of the contract that breaks nobody is told as such", () => {
  test.each(harmless)("$what", (planted) => {
    expect(toldOf(planted)).toEqual(planted.told);
    expect(planted.told.filter((line) => line.startsWith("breaking "))).toEqual([]);
  });
});

test("the contract and itself are the same, in whatever order its members stand", () => {
  expect(compareContracts(contract, structuredClone(contract))).toEqual([]);
  const reversed = reverseKeys(contract);
  expect(Object.keys(reversed.openapi)).not.toEqual(Object.keys(contract.openapi));
  expect(compareContracts(contract, reversed)).toEqual([]);
});

test("a deprecation that is taken back, with its headers, breaks nobody", () => {
  const edited = structuredClone(contract);
  const operation = edited.openapi.paths["/api/v1/agents"]!["get"]!;
  operation.deprecated = true;
  const answer = operation.responses["200"] as Response;
  answer.headers = { ...answer.headers, Deprecation: { required: true, schema: { type: "string" } } };
  expect(compareContracts(edited, contract).map(({ level, kind }) => `${level} ${kind}`)).toEqual(["compatible operation-undeprecated"]);
});

test("what is taken in one direction and answered in the other is told for each", () => {
  const edited = structuredClone(contract);
  (edited.openapi.components.schemas["KeyPermission"]!["enum"] as string[]).push("weather:read");
  expect(compareContracts(contract, edited).map(({ level, kind, side }) => [level, kind, side])).toEqual([
    ["breaking", "enum-added", "answer"],
    ["compatible", "enum-added", "request"],
  ]);
});

test("a change is told once, with all the operations that have a part in it", () => {
  const edited = structuredClone(contract);
  delete edited.openapi.components.schemas["Webhook"]!.properties!["url"];
  expect(compareContracts(contract, edited)).toEqual([
    { kind: "field-removed", level: "breaking", place: "Webhook.url", side: "answer", says: "is gone", operations: ["getWebhook", "listWebhooks", "updateWebhook"] },
  ]);
});

describe("a recursive schema", () => {
  const documentOf = (schemas: Record<string, Schema>): OpenapiDocument => ({
    openapi: "3.1.0",
    info: {},
    tags: [],
    paths: { "/trees": { get: { operationId: "getTree", responses: { "200": { description: "A tree.", content: { "application/json": { schema: { $ref: "#/components/schemas/Tree" } } } } } } } },
    components: { schemas, parameters: {} },
  });
  const tree = (leaf: Schema): Record<string, Schema> => ({ Tree: { type: "object", properties: { leaf, children: { type: "array", items: { $ref: "#/components/schemas/Tree" } } } } });
  const told = (before: Record<string, Schema>, after: Record<string, Schema>) => compareContracts({ openapi: documentOf(before) }, { openapi: documentOf(after) }).map(({ kind, place }) => `${kind} @ ${place}`);

  test("is followed once", () => {
    expect(told(tree({ type: "string" }), tree({ type: "integer" }))).toEqual(["type-changed @ Tree.leaf"]);
  });

  test("ends when two refer to each other, when it is called otherwise, and when its reference is bounded", () => {
    const pair = (leaf: string): Record<string, Schema> => ({
      Tree: { type: "object", properties: { branch: { $ref: "#/components/schemas/Branch" } } },
      Branch: { type: "object", properties: { leaf: { type: leaf }, tree: { $ref: "#/components/schemas/Tree", minProperties: 1 } } },
    });
    expect(told(pair("string"), pair("integer"))).toEqual(["type-changed @ Branch.leaf"]);
    const renamed = JSON.parse(JSON.stringify(pair("string")).replaceAll("Branch", "Twig")) as Record<string, Schema>;
    expect(told(pair("string"), renamed)).toEqual(["schema-renamed @ Twig"]);
  });

  test("is seen through allOf", () => {
    const base = (type: string): Record<string, Schema> => ({ Named: { type: "object", properties: { name: { type } } }, Tree: { allOf: [{ $ref: "#/components/schemas/Named" }], properties: { age: { type: "integer" } } } });
    expect(told(base("string"), base("integer"))).toEqual(["type-changed @ Tree.name"]);
  });
});

function reverseKeys<T>(value: T): T {
  if (Array.isArray(value)) return value.map(reverseKeys) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).reverse().map(([key, inner]) => [key, reverseKeys<unknown>(inner)])) as T;
}
