import type { ErrorObject } from "ajv";
import type { SettingsFile } from "../../generated/server/settings.ts";
import { validateSettingsFile } from "../../generated/validators/settings.js";
import { nearestName } from "./nearest-name.ts";
import { at, below } from "./pointer.ts";
import type { Fault } from "./settings-error.ts";

/**
 * Whether a value has the shape of a settings file; if not, each fault with what was expected. Messages quote the value as it
 * was written: what a variable stands for is nobody's business.
 */
export function checkShape(value: unknown, written: unknown): { file: SettingsFile; faults: [] } | { file: null; faults: Fault[] } {
  if (validateSettingsFile(value)) return { file: value, faults: [] };
  return { file: null, faults: (validateSettingsFile.errors ?? []).map((error) => describe(error, at(written, error.instancePath))) };
}

/** The part of a schema that messages are made from. */
interface Expectation {
  type?: string | string[];
  properties?: Record<string, Expectation>;
  enum?: readonly unknown[];
  const?: unknown;
  minimum?: number;
  maximum?: number;
  "x-hint"?: string;
  "x-expected"?: string;
}

function describe({ keyword, instancePath, params, parentSchema = {}, data }: ErrorObject, written: unknown): Fault {
  const expectation = parentSchema as Expectation;
  const hint = expectation["x-hint"] === undefined ? "" : `: ${expectation["x-hint"]}`;
  switch (keyword) {
    case "additionalProperties": {
      const { additionalProperty: name } = params as { additionalProperty: string };
      return { path: below(instancePath, name.slice(0, 100)), message: unknownKey(name, Object.keys(expectation.properties ?? {})) };
    }
    case "required": {
      const { missingProperty: name } = params as { missingProperty: string };
      return { path: below(instancePath, name), message: "is missing." };
    }
    case "type":
      return { path: instancePath, message: `must be ${expected(expectation)}, but is ${kindOf(data)}${quotes(expectation, data)}${hint}.` };
    case "enum": {
      const nearest = typeof data === "string" ? nearestName(data, expectation.enum as string[]) : undefined;
      return { path: instancePath, message: `must be ${expected(expectation)}, but is ${shown(written)}.${suggestion(nearest)}` };
    }
    case "const":
      return { path: instancePath, message: `must be ${expected(expectation)}, but is ${shown(written)}${hint}.` };
    case "minLength":
      return { path: instancePath, message: "must not be empty." };
    case "minItems":
      return { path: instancePath, message: "must have at least one item." };
    default:
      return { path: instancePath, message: `must be ${expected(expectation)}${hint}.` };
  }
}

function unknownKey(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  return `is not a known key.${nearest === undefined ? ` The keys here are ${known.filter((key) => key !== "$schema").join(", ")}.` : suggestion(nearest)}`;
}

const suggestion = (nearest: string | undefined) => (nearest === undefined ? "" : ` Did you mean ${nearest}?`);

function expected(expectation: Expectation): string {
  if (expectation["x-expected"] !== undefined) return expectation["x-expected"];
  if (expectation.const !== undefined) return JSON.stringify(expectation.const);
  if (expectation.enum) return `one of ${expectation.enum.map((value) => JSON.stringify(value)).join(", ")}`;
  const types = [expectation.type ?? "set"].flat().map((type) => typeNames[type] ?? type);
  return `${types.join(" or ")}${bounds(expectation)}`;
}

function bounds({ minimum, maximum = Infinity }: Expectation): string {
  if (minimum === undefined) return "";
  // The upper bound of a 32-bit number tells nobody anything.
  return maximum < 2 ** 31 - 1 ? ` from ${minimum} to ${maximum}` : ` of at least ${minimum}`;
}

const typeNames: Record<string, string> = {
  integer: "a whole number",
  number: "a number",
  string: "a string",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  null: "null",
};

function kindOf(value: unknown): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number" && !Number.isInteger(value)) return `the number ${value}`;
  return typeNames[Array.isArray(value) ? "array" : typeof value] ?? `a ${typeof value}`;
}

/** YAML reads `token: 12345` as a number. */
function quotes({ type }: Expectation, data: unknown): string {
  const isBare = typeof data === "number" || typeof data === "boolean";
  return isBare && [type].flat().includes("string") ? " (write it in quotes)" : "";
}

function shown(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value.slice(0, 100)) : kindOf(value);
}
