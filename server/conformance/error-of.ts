import type { Operation } from "./contract.ts";

/** What an error body says, whatever face it has. */
export interface SaidError {
  face: Operation["face"];
  code: string;
  message: string;
  details: { errors?: { path: string; message: string }[]; [name: string]: unknown };
  /** OpenAI's face names one parameter, `messages[0].content`. */
  param: string | null;
}

/** Undefined for what is no error of any face. */
export function errorOf(body: unknown): SaidError | undefined {
  const { error, message = "", details = {} } = (body ?? {}) as Partial<ApiBody>;
  if (typeof error === "string") return { face: "api", code: error, message, details, param: null };
  if (typeof error !== "object" || error === null) return undefined;
  const { code, param = null } = error;
  return { face: error.details ? "plain" : "openai", code: code ?? "", message: error.message, details: error.details ?? {}, param };
}

interface ApiBody extends Pick<SaidError, "message" | "details"> {
  error: string | { code: string | null; message: string; details?: SaidError["details"]; param?: string | null };
}

/** Of a body's text. */
export function errorIn(text: string): SaidError | undefined {
  try {
    return errorOf(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** The fields that an error names, as JSON Pointers. */
export function fieldsOf({ details, param }: SaidError): string[] {
  return [...(details.errors ?? []).map(({ path }) => path), ...(param === null ? [] : [`/${param.replaceAll(/\[(\d+)\]/g, "/$1").replaceAll(".", "/")}`])];
}

/** The code that each face has for what is wrong. */
export function codeIn(face: Operation["face"], code: string): string {
  if (face === "plain") return code === "bad_request" ? "INVALID_REQUEST" : code.toUpperCase();
  if (face === "openai" && code === "unauthorized") return "invalid_api_key";
  return code;
}
