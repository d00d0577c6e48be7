import { expect } from "vitest";
import { answerValidators } from "../../generated/server/answers.ts";
import { errorOf as readError, type SaidError } from "../../server/conformance/error-of.ts";
import type { Face } from "../../spec/codegen/error-answers.ts";
import { idPattern } from "./ids.ts";

/** What an error body says, whatever face it has. */
export function errorOf(body: unknown): SaidError {
  const error = readError(body);
  if (!error) throw new Error(`this is no error of any face: ${JSON.stringify(body)}`);
  return error;
}

/** Any operation of each face whose validator knows the face's body. */
const validators = {
  api: answerValidators["getAgent 404 application/json"],
  plain: answerValidators["getPlainSession 404 application/json"],
  openai: answerValidators["getOpenaiModel 404 application/json"],
};

/** Checks an error that no operation documents, such as that of an unknown route: face, status, code, head. */
export async function expectError(response: Response, face: Face, status: number, code: string): Promise<SaidError> {
  const text = await response.text();
  expect(response.status, text).toBe(status);
  expect(response.headers.get("Content-Type")).toMatch(/^application\/json\b/);
  expect(response.headers.get("X-Request-Id")).toMatch(idPattern);
  const body: unknown = JSON.parse(text);
  expect(validators[face]?.(body), `${text} is not the face of ${face}: ${JSON.stringify(validators[face]?.errors)}`).toBe(true);
  const found = errorOf(body);
  expect(found.code).toBe(face === "plain" ? code.toUpperCase() : code);
  return found;
}

/** What must never leave: stacks, paths of files, names of libraries. */
export function expectNothingInternal(text: string): void {
  expect(text).not.toMatch(/node_modules|\.ts\b|at \w+ \(|\/work\/|\/tmp\/|SQLITE|undici|ECONN/);
}
