import { referenceName, resolve, type OpenapiDocument, type OpenapiOperation, type Parameter, type Response } from "./document.ts";
import { faceOfSchema, type Face } from "./error-answers.ts";

/** One operation of the contract, with what the generators need of it. */
export interface Operation {
  id: string;
  /** The tag: operations of one tag are implemented by one group of handlers. */
  group: string;
  method: string;
  path: string;
  permission: string;
  rateClass: string;
  face: Face;
  parameters: Parameter[];
  /** Whether its handler gets the body's bytes as they were sent, too. */
  keepsRawBody: boolean;
  /** Names of the schemas that a body may fit; several when the body is a union. Null without a body. */
  bodySchemas: string[] | null;
  /** The media types that a body may have. */
  bodyTypes: string[];
  statuses: number[];
  /** Status, media type and schema of each answer with a body. */
  answers: { status: number; mediaType: string; schema: Record<string, unknown> }[];
  raw: OpenapiOperation;
}

/** All operations, sorted so that a fixed path comes before one with a parameter in the same place. */
export function listOperations(document: OpenapiDocument): Operation[] {
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, raw]) => describe(document, path, method, raw)),
  );
  return operations.sort((a, b) => compare(sortKey(a.path), sortKey(b.path)) || compare(a.method, b.method));
}

function describe(document: OpenapiDocument, path: string, method: string, raw: OpenapiOperation): Operation {
  const { "x-permission": permission, tags: [group] = [] } = raw;
  if (!permission) throw new Error(`${raw.operationId} has no @permission`);
  if (!group) throw new Error(`${raw.operationId} has no @tag`);
  const answers = Object.entries(raw.responses).flatMap(([status, reference]) =>
    Object.entries(resolve<Response>(document, reference).content ?? {}).map(([mediaType, { schema }]) => ({ status: Number(status), mediaType, schema })),
  );
  const error = answers.find(({ status, schema }) => status >= 400 && typeof schema.$ref === "string");
  const face = error && faceOfSchema(referenceName(error.schema.$ref as string));
  if (!face) throw new Error(`${raw.operationId} has no error face`);
  return {
    id: raw.operationId,
    group,
    method: method.toUpperCase(),
    path,
    permission,
    rateClass: raw["x-rate-class"] ?? "default",
    face,
    parameters: (raw.parameters ?? []).map((parameter) => resolve<Parameter>(document, parameter)),
    keepsRawBody: raw["x-raw-body"] === true,
    bodySchemas: bodySchemas(document, raw),
    bodyTypes: Object.keys(raw.requestBody?.content ?? {}),
    statuses: Object.keys(raw.responses).map(Number),
    answers,
    raw,
  };
}

function bodySchemas(document: OpenapiDocument, raw: OpenapiOperation): string[] | null {
  const schema = raw.requestBody?.content["application/json"]?.schema;
  if (!schema) return null;
  if (!schema.$ref) throw new Error(`${raw.operationId}: a body is a named model`);
  const { anyOf } = resolve(document, schema);
  const branches = anyOf?.map((branch) => branch.$ref);
  return branches?.every((branch) => branch !== undefined) ? branches.map(referenceName) : [referenceName(schema.$ref)];
}

const sortKey = (path: string) => path.replaceAll("{", "~");
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
