/** The smallest object that fits a tool's input schema, for a call that must be made without words to fill it from. */
export function minimalArguments(schema: Record<string, unknown>): Record<string, unknown> {
  const value = minimalValue(schema);
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

/**
 * The smallest value that fits a JSON Schema, as far as `const`, `enum`, `default`, `type`, the lower bounds, local `$ref`s and the
 * first branch of `anyOf`/`oneOf` go. Schemas that need more (patterns, `not`, …) get a value that may not fit.
 */
export function minimalValue(schema: Record<string, unknown>): unknown {
  return valueOf(schema, schema, 0);
}

type Schema = Record<string, unknown>;

function valueOf(schema: Schema, root: Schema, depth: number): unknown {
  // Deep enough for any schema that a person wrote; a schema that contains itself ends here.
  if (depth > 16) return null;
  if ("const" in schema) return schema["const"];
  if ("default" in schema) return schema["default"];
  if (Array.isArray(schema["enum"]) && schema["enum"].length > 0) return schema["enum"][0] as unknown;
  if (Array.isArray(schema["examples"]) && schema["examples"].length > 0) return schema["examples"][0] as unknown;
  const ref = schema["$ref"];
  if (typeof ref === "string") return valueOf(resolve(ref, root), root, depth + 1);
  const branches = schema["anyOf"] ?? schema["oneOf"];
  if (Array.isArray(branches) && isSchema(branches[0])) return valueOf(branches[0], root, depth + 1);
  if (Array.isArray(schema["allOf"])) {
    const parts = (schema["allOf"] as unknown[]).filter(isSchema).map((part) => valueOf(part, root, depth + 1));
    if (parts.every((part) => typeof part === "object")) return Object.assign({}, ...parts) as unknown;
  }
  const type = Array.isArray(schema["type"]) ? (schema["type"] as unknown[])[0] : schema["type"];
  switch (type ?? (isSchema(schema["properties"]) ? "object" : undefined)) {
    case "object":
      return objectOf(schema, root, depth);
    case "array":
      return Array.from({ length: numberOf(schema["minItems"]) }, () => valueOf(isSchema(schema["items"]) ? schema["items"] : {}, root, depth + 1));
    case "string":
      return "x".repeat(numberOf(schema["minLength"]));
    case "integer":
    case "number":
      return typeof schema["minimum"] === "number" ? schema["minimum"] : typeof schema["exclusiveMinimum"] === "number" ? schema["exclusiveMinimum"] + 1 : 0;
    case "boolean":
      return false;
    default:
      return null;
  }
}

function objectOf(schema: Schema, root: Schema, depth: number): Schema {
  const properties = isSchema(schema["properties"]) ? schema["properties"] : {};
  const object: Schema = {};
  for (const name of Array.isArray(schema["required"]) ? (schema["required"] as string[]) : []) {
    const property = properties[name];
    object[name] = isSchema(property) ? valueOf(property, root, depth + 1) : null;
  }
  return object;
}

function resolve(ref: string, root: Schema): Schema {
  let found: unknown = root;
  for (const step of ref.replace(/^#\/?/, "").split("/").filter(Boolean)) found = isSchema(found) ? found[step] : undefined;
  return isSchema(found) ? found : {};
}

function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function numberOf(value: unknown): number {
  return typeof value === "number" ? Math.min(value, 1000) : 0;
}
