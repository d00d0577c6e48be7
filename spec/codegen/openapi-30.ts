import { nodes, resolve, type OpenapiDocument, type Schema } from "./document.ts";

/**
 * Makes of what TypeSpec's emitter writes as OpenAPI 3.0 what client generators of that version expect (OpenAPI 3.0.4, 4.7.24). Names,
 * types and codes stay those of 3.1; a `nullable` that stands without a type would mean nothing.
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
}

function fitNullable(document: OpenapiDocument, schema: Schema): void {
  const [only] = schema.allOf ?? [];
  if (only) {
    const target = resolve(document, only);
    if (isPlainValue(target)) {
      delete schema.allOf;
      Object.assign(schema, { ...target, ...schema });
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

/** A string or number that is no list of names: a type of its own in no language. It cannot be null where it is referred to. */
function isPlainValue({ type, enum: names }: Schema): boolean {
  return type !== "object" && type !== "array" && type !== undefined && names === undefined;
}

/** What stands beside a reference is not read in 3.0. */
function wrapReference(schema: Schema): void {
  schema.allOf = [{ $ref: schema.$ref! }];
  delete schema.$ref;
}
