import type { Operation } from "./contract.ts";

/** What an error body says, whatever face it has. */
export interface SaidError {
  face: Operation["face"];
  code: string;
  message: string;
  /** JSON Pointers of the details' faults; OpenAI's face names one parameter, `messages[0].content`. */
  fields: string[];
}

/** Undefined for a text that is no error of any face. */
export function errorOf(text: string): SaidError | undefined {
  const { error, message = "", details } = (objectIn(text) ?? {}) as Partial<ApiBody>;
  if (typeof error === "string") return { face: "api", code: error, message, fields: fieldsOf(details) };
  if (typeof error !== "object" || error === null) return undefined;
  const { param } = error;
  if (param === undefined) return { face: "plain", code: error.code ?? "", message: error.message, fields: fieldsOf(error.details) };
  return { face: "openai", code: error.code ?? "", message: error.message, fields: param === null ? [] : [`/${param.replaceAll(/\[(\d+)\]/g, "/$1").replaceAll(".", "/")}`] };
}

interface Details {
  errors?: { path: string }[];
}

interface ApiBody {
  error: string | { code: string | null; message: string; details?: Details; param?: string | null };
  message: string;
  details: Details;
}

const fieldsOf = (details?: Details) => details?.errors?.map(({ path }) => path) ?? [];

function objectIn(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The code that each face has for what is wrong. */
export function codeIn(face: Operation["face"], code: string): string {
  if (face === "plain") return code === "bad_request" ? "INVALID_REQUEST" : code.toUpperCase();
  if (face === "openai" && code === "unauthorized") return "invalid_api_key";
  return code;
}
