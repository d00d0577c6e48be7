import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import standaloneModule from "ajv/dist/standalone/index.js";
import { build } from "esbuild";
import { nodes, referenceName, type OpenapiDocument, type Schema } from "./document.ts";
import type { Operation } from "./operations.ts";
import { header } from "./paths.ts";

// CommonJS with a default export inside.
const standaloneCode = standaloneModule.default;

/**
 * AJV's validators, compiled ahead so that nothing is compiled while the server runs:
 * `bodies.js` (one a body's schema), `parameters.js` (one an operation; coerces and fills in defaults), and `answers.js`
 * (one a status and media type; only tests load it).
 */
export async function writeValidators(document: OpenapiDocument, operations: readonly Operation[], generated: string): Promise<void> {
  const schemas = forAjv(document.components.schemas);
  const answered = forAjv(document.components.schemas, { isAnswer: true });
  const bodyNames = [...new Set(operations.flatMap(({ bodySchemas }) => bodySchemas ?? []))].sort();
  const bodies = Object.fromEntries(bodyNames.map((name) => [name, { $ref: `contract#/$defs/${name}` }]));
  const parameters = Object.fromEntries(operations.filter((operation) => operation.parameters.length > 0).map((operation) => [operation.id, parametersSchema(operation)]));
  const answers = answerSchemas(operations);
  await Promise.all([
    writeModule(generated, "bodies", bodies, schemas, { useDefaults: true }),
    writeModule(generated, "parameters", parameters, schemas, { useDefaults: true, coerceTypes: "array" }),
    writeModule(generated, "answers", answers.schemas, closed(answered), {}),
    writeFile(join(generated, "server/answers.ts"), answers.index),
  ]);
}

/** The schemas of all answers, and the source of an index that finds a validator by operation, status and media type. */
function answerSchemas(operations: readonly Operation[]): { schemas: Record<string, Schema>; index: string } {
  const schemas: Record<string, Schema> = {};
  const lines = operations.flatMap(({ id, answers }) =>
    answers.map(({ status, mediaType, schema }) => {
      const name = typeof schema["$ref"] === "string" ? referenceName(schema["$ref"]) : `${id}_${status}`;
      schemas[name] ??= forAjv(schema, { isAnswer: true });
      return `  "${id} ${status} ${mediaType}": answers.${name},\n`;
    }),
  );
  const index = `${header("validators.ts")}
import type { ValidateFunction } from "ajv";
import * as answers from "../validators/answers.js";

/** Validators of answers by "operationId status mediaType"; of a stream, the validator of one event's data. The gateway never loads them: tests and the mock do. */
export const answerValidators: Readonly<Record<string, ValidateFunction>> = {
${lines.join("")}};
`;
  return { schemas, index };
}

function parametersSchema({ parameters }: Operation): Schema {
  const place = (where: string) => {
    const members = parameters.filter((parameter) => parameter.in === where);
    const key = (name: string) => (where === "header" ? name.toLowerCase() : name);
    return {
      type: "object",
      properties: Object.fromEntries(members.map(({ name, schema }) => [key(name), forAjv(schema)])),
      required: members.filter(({ required }) => required).map(({ name }) => key(name)),
    };
  };
  return { type: "object", properties: { path: place("path"), query: place("query"), headers: place("header") } };
}

/** `frames.js`: what clients send on a WebSocket; and `answer-frames.js`: what the server sends, which only tests load. */
export async function writeFrameValidators(document: OpenapiDocument, generated: string): Promise<void> {
  const schemas = forAjv(document.components.schemas);
  const answered = forAjv(document.components.schemas, { isAnswer: true });
  await Promise.all([
    writeModule(generated, "frames", { ClientFrame: { $ref: "contract#/$defs/ClientFrame" } }, schemas, { useDefaults: true }),
    writeModule(generated, "answer-frames", { ServerFrame: { $ref: "contract#/$defs/ServerFrame" } }, closed(answered), {}),
  ]);
}

async function writeModule(generated: string, name: string, validators: Record<string, Schema>, schemas: unknown, options: object): Promise<void> {
  const ajv = new Ajv2020({
    allErrors: true,
    discriminator: true,
    allowUnionTypes: true,
    strict: true,
    strictTypes: false,
    strictRequired: false,
    code: { source: true, esm: true, lines: true },
    ...options,
  });
  ajv.addSchema({ $id: "contract", $defs: schemas });
  for (const [key, schema] of Object.entries(validators)) ajv.addSchema(schema, key);
  const source = standaloneCode(ajv, Object.fromEntries(Object.keys(validators).map((key) => [key, key])));
  // AJV's ESM output still calls `require` for its runtime: bundling takes that in.
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: import.meta.dirname, loader: "js" },
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node24",
    write: false,
    legalComments: "none",
    banner: { js: header("validators.ts") },
  });
  await writeFile(join(generated, `validators/${name}.js`), outputFiles[0]!.contents);
  const declarations = Object.keys(validators).map((key) => `export const ${key}: ValidateFunction;\n`);
  await writeFile(join(generated, `validators/${name}.d.ts`), `${header("validators.ts")}import type { ValidateFunction } from "ajv";\n\n${declarations.join("")}`);
}

/** AJV knows no `mapping` of a discriminator, and no `examples` of OpenAPI's form; `x-open` is for people and `contract:diff`. */
function forAjv<T>(schemas: T, { isAnswer = false } = {}): T {
  const copy = reroot(structuredClone(schemas));
  for (const node of nodes(copy)) {
    const { discriminator } = node;
    if (typeof discriminator === "object" && discriminator !== null) delete (discriminator as { mapping?: unknown }).mapping;
    if (Array.isArray(node["examples"])) delete node["examples"];
    delete node["example"];
    delete node["x-open"];
    if (typeof node["format"] === "string") spellOut(node, node["format"], isAnswer);
  }
  return copy;
}

/** Formats as plain keywords: compiled validators then need nothing at run time, and their messages say the bounds. */
function spellOut(node: Record<string, unknown>, format: string, isAnswer: boolean): void {
  delete node["format"];
  if (format === "int32") {
    node["minimum"] ??= -(2 ** 31);
    node["maximum"] ??= 2 ** 31 - 1;
  }
  // RFC 3339: clients may say moments in their own zone, the gateway says all in UTC.
  if (format === "date-time") node["pattern"] = `^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?${isAnswer ? "Z" : "(Z|[+-]\\d\\d:\\d\\d)"}$`;
}

/** Answers are checked as closed objects in tests, so that nothing leaves the server that the contract does not name. */
function closed<T>(schemas: T): T {
  const copy = structuredClone(schemas);
  for (const node of nodes(copy)) {
    if (node["type"] === "object" && node["properties"]) node["additionalProperties"] ??= false;
  }
  return copy;
}

function reroot<T>(value: T): T {
  return JSON.parse(JSON.stringify(value).replaceAll('"#/components/schemas/', '"contract#/$defs/')) as T;
}
