import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { breakValue } from "./break-value.ts";
import type { Schema } from "./contract.ts";

const schema: Schema = {
  type: "object",
  required: ["name", "size"],
  properties: {
    name: { type: "string", minLength: 2, maxLength: 4, pattern: "^[a-z]*$" },
    size: { type: "integer", minimum: 1, maximum: 9 },
    kind: { type: "string", enum: ["a", "b"] },
    tags: { type: "array", items: { type: "string", minLength: 1 }, minItems: 1, maxItems: 2 },
    owner: { anyOf: [{ type: "object", required: ["id"], properties: { id: { type: "string" } } }, { type: "null" }] },
    isOn: { type: "boolean" },
  },
  additionalProperties: false,
};
const good = { name: "abc", size: 3 };

describe("breakValue", () => {
  const broken = [...breakValue(schema, good)];

  test("breaks each constraint once, those of members that a good value leaves out, too", () => {
    const what = (path: string) => broken.filter((one) => one.path === path).map((one) => one.what);
    expect(what("/name")).toEqual(["left out", "a number", "too short", "too long", "off its pattern", "off its pattern"]);
    expect(what("/size")).toEqual(["left out", "a text", "no whole number", "too small", "too large"]);
    expect(what("/kind")).toEqual(["a number", "not on the list"]);
    expect(what("/tags")).toEqual(["a text", "too few", "too many"]);
    expect(what("/tags/0")).toEqual(["a number", "too short"]);
    expect(what("/owner/id")).toEqual(["left out", "a number"]);
    expect(what("/isOn")).toEqual(["a text"]);
    expect(what("/notInTheContract")).toEqual(["not in the contract"]);
  });

  test("none of what it makes fits, and each is wrong in one place", () => {
    const validate = new Ajv2020({ allErrors: true, allowUnionTypes: true, strict: false }).compile(schema);
    expect(validate(good)).toBe(true);
    for (const { path, what, value } of broken) {
      expect(validate(value), `${path} ${what}`).toBe(false);
      const [first = ""] = path.split("/").slice(1);
      for (const { instancePath, params } of validate.errors ?? []) expect(`${instancePath}/${params["missingProperty"] ?? params["additionalProperty"] ?? ""}`).toContain(`/${first}`);
    }
  });

  test("the good value is left as it was", () => {
    expect(good).toEqual({ name: "abc", size: 3 });
  });
});
