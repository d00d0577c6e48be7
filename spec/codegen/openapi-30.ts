import { nodes, resolve, type OpenapiDocument, type OpenapiOperation, type Schema } from "./document.ts";

/**
 * Makes of what TypeSpec's emitter writes as OpenAPI 3.0 what client generators of that version expect (OpenAPI 3.0.4, 4.7.24). Names,
 * types and error codes stay those of 3.1; a `nullable` that stands without a type would mean nothing.
 */
export function fitVersion30(document: OpenapiDocument): void {
  const { license } = document.info as { license: Record<string, string> };
  // Only 3.1 knows SPDX's identifiers by themselves.
  license["url"] = `https://spdx.org/licenses/${license["x-oai-license-identifier"]}.html`;
  delete license["x-oai-license-identifier"];
  for (const node of nodes([document.components, document.paths]) as Iterable<Schema>) {
    if (node["nullable"] === true) fitNullable(document, node);
    if (typeof node.$ref === "string" && "description" in node) wrapReference(node);
  }
  for (const operation of Object.values(document.paths).flatMap((item) => Object.values(item))) keepOneSuccess(operation);
}

/**
 * Of several successes the first, and of several media types of a body the first: progenitor takes no more, and what the
 * others have to say is in the operation's description.
 */
function keepOneSuccess({ responses, requestBody }: OpenapiOperation): void {
  for (const status of Object.keys(responses).filter((status) => status.startsWith("2")).slice(1)) delete responses[status];
  const content = requestBody?.content ?? {};
  for (const type of Object.keys(content).slice(1)) delete content[type];
}

function fitNullable(document: OpenapiDocument, schema: Schema): void {
  const [only] = schema.allOf ?? [];
  if (only) {
    const target = resolve(document, only);
    if (isPlainValue(target)) {
      delete schema.allOf;
      // The emitter writes `type: object` beside every reference but a string's.
      Object.assign(schema, { ...target, ...schema, type: target["type"] });
    } else {
      schema["type"] = target["type"] ?? "object";
    }
  } else if (schema.anyOf) {
    schema.anyOf[0] = { ...schema.anyOf[0], nullable: true };
    delete schema["nullable"];
  } else if (!schema["type"]) {
    // What is always null. 3.0 has no such type: without any, a schema lets null pass.
    delete schema["nullable"];
    schema["description"] ??= "Always null.";
  }
}

/** A string or number (unless it is one of some names) or an array: a type of its own in no language. It cannot be null where it is referred to. */
function isPlainValue({ type, enum: names }: Schema): boolean {
  return type !== "object" && type !== undefined && names === undefined;
}

/** What stands beside a reference is not read in 3.0. */
function wrapReference(schema: Schema): void {
  schema.allOf = [{ $ref: schema.$ref! }];
  delete schema.$ref;
}
