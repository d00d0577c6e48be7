import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { referenceName, resolve, type OpenapiDocument, type Parameter, type Reference, type Response, type Schema } from "./document.ts";
import type { Operation } from "./operations.ts";

type Shown = { examples?: Record<string, { value: unknown }> };

/**
 * `server/conformance.json`: what `openclaw conformance` must know of each operation beyond the route table, with no reference left to
 * follow: parameters, bodies and their examples, and the head of each answer, which is one of a few. One operation a line.
 */
export async function writeConformance(document: OpenapiDocument, operations: readonly Operation[], generated: string): Promise<void> {
  const heads: string[] = [];
  const lines = operations.map((operation) => `    ${JSON.stringify(operation.id)}: ${JSON.stringify(factsOf(document, operation, operations, heads))}`);
  await writeFile(join(generated, "server/conformance.json"), `{\n  "operations": {\n${lines.join(",\n")}\n  },\n  "heads": [\n    ${heads.join(",\n    ")}\n  ]\n}\n`);
}

function factsOf(document: OpenapiDocument, { raw, parameters, bodySchemas, bodyTypes }: Operation, operations: readonly Operation[], heads: string[]) {
  const { requestBody } = raw;
  const schemas = (bodySchemas ?? []).map((name) => inlined(document, document.components.schemas[name]!));
  const examples = values(requestBody?.content["application/json"] ?? {});
  return {
    parameters: parameters.map((parameter) => parameterFacts(document, parameter)),
    body: requestBody ? { required: requestBody.required === true, types: bodyTypes, schemas, examples } : null,
    answers: Object.entries(raw.responses).map(([status, answer]) => answerFacts(document, Number(status), resolve<Response>(document, answer), operations, heads)),
  };
}

function parameterFacts(document: OpenapiDocument, parameter: Parameter & Shown) {
  const { name, in: place, required = false, schema } = parameter;
  return { name, in: place, required, schema: inlined(document, schema), examples: Object.values(values(parameter)) };
}

function answerFacts(document: OpenapiDocument, status: number, { headers = {}, content = {}, links = {} }: Response, operations: readonly Operation[], heads: string[]) {
  const undoing = Object.values(links).find(({ operationId }) => operations.find(({ id }) => id === operationId)?.method === "DELETE");
  const head = JSON.stringify(
    Object.entries(headers).map(([name, header]) => {
      const { required = false, schema } = resolve(document, header as { required?: boolean; schema: Schema });
      return { name, required, schema: inlined(document, schema) };
    }),
  );
  if (!heads.includes(head)) heads.push(head);
  return {
    status,
    mediaTypes: Object.keys(content),
    /** Which of the heads. */
    head: heads.indexOf(head),
    /** The operation that deletes what the answer says was made. */
    ...(status === 201 && undoing && { undo: { operationId: undoing.operationId, parameters: undoing.parameters } }),
  };
}

const values = ({ examples = {} }: Shown) => Object.fromEntries(Object.entries(examples).map(([name, { value }]) => [name, value]));

/** With what it refers to in place of each reference, and without what is for readers. Throws on a schema that has itself in it. */
function inlined(document: OpenapiDocument, schema: Schema | Reference, within: readonly string[] = []): Schema {
  return replace(schema) as Schema;

  function replace(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(replace);
    if (typeof value !== "object" || value === null) return value;
    const { $ref, ...rest } = value as Schema;
    if (typeof $ref === "string") {
      const name = referenceName($ref);
      if (within.includes(name)) throw new Error(`${name} has itself in it: server/conformance cannot take it apart`);
      return { ...inlined(document, resolve(document, { $ref }), [...within, name]), ...(replace(rest) as Schema) };
    }
    return Object.fromEntries(Object.entries(rest).filter(([key, member]) => !isForReaders(key, member)).map(([key, member]) => [key, replace(member)]));
  }
}

/** A property may have such a name, too: then it is a schema. */
const isForReaders = (key: string, value: unknown) => (key === "description" && typeof value === "string") || (key === "examples" && Array.isArray(value)) || key === "discriminator";
