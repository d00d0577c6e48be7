import type { Ajv, ValidateFunction } from "ajv";

const compiled = new WeakMap<Record<string, unknown>, ValidateFunction>();
const compilers: { "draft-07"?: Promise<Ajv>; "2020-12"?: Promise<Ajv> } = {};

/**
 * The validator of a tool's input schema, compiled once for each schema object. Rejects with what is wrong with the schema.
 * The dialect is 2020-12, as MCP has it, or draft-07 where `$schema` says so, as many servers' libraries write it.
 */
export async function inputValidator(inputSchema: Record<string, unknown>): Promise<ValidateFunction> {
  let validate = compiled.get(inputSchema);
  if (validate === undefined) {
    // `$id`s of foreign schemas may collide; they are of no use here.
    const { $id: _id, $schema, ...schema } = inputSchema;
    const dialect = typeof $schema === "string" && $schema.includes("draft-07") ? "draft-07" : "2020-12";
    const ajv = await (compilers[dialect] ??= load(dialect));
    validate = ajv.compile(schema);
    // AJV would keep every schema it has ever seen.
    ajv.removeSchema(schema);
    compiled.set(inputSchema, validate);
  }
  return validate;
}

/** Loaded with the first schema: a gateway that calls no tools need not carry a compiler. */
async function load(dialect: "draft-07" | "2020-12"): Promise<Ajv> {
  // Not strict: schemas of MCP servers carry words of their own.
  const options = { allErrors: true, strict: false, validateFormats: false, logger: false } as const;
  if (dialect === "draft-07") return new (await import("ajv")).Ajv(options);
  return new (await import("ajv/dist/2020.js")).Ajv2020(options);
}
