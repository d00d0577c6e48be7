import { operationsById } from "../../../generated/clients/operations.ts";
import type { RequestOptions } from "./call-options.ts";
import type { OperationId } from "./contract.ts";
import type { SentRequest } from "./send.ts";

type Scalar = string | number | boolean | null | undefined;

/** An operation's input as it is at run time. */
export interface Input {
  path?: Record<string, Scalar>;
  query?: Record<string, Scalar | readonly Scalar[]>;
  headers?: Record<string, string | undefined>;
  body?: unknown;
}

interface RequestFacts extends Pick<RequestOptions, "idempotencyKey"> {
  baseUrl: string;
  token: string | undefined;
  accept: string;
}

/** The request of an operation; a POST gets an `Idempotency-Key` of its own. */
export function requestOf(operation: OperationId, input: Input, { baseUrl, token, accept, idempotencyKey = newKey() }: RequestFacts): SentRequest {
  const [method, path] = operationsById[operation].split(" ") as [string, string];
  const headers: Record<string, string> = { accept };
  if (token) headers["authorization"] = `Bearer ${token}`;
  if (method === "POST" && idempotencyKey !== null) headers["idempotency-key"] = idempotencyKey;
  for (const [name, value] of Object.entries(input.headers ?? {})) if (value !== undefined) headers[name.toLowerCase()] = value;
  if (input.body !== undefined) headers["content-type"] ??= "application/json";
  return { url: baseUrl + pathOf(path, input.path ?? {}) + searchOf(input.query ?? {}), method, headers, ...(input.body === undefined ? {} : { body: JSON.stringify(input.body) }) };
}

export const isText = (operation: OperationId): boolean => operationsById[operation].endsWith(" text");

function pathOf(path: string, places: Record<string, Scalar>): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = String(places[name] ?? "");
    // Another operation would be meant by the address then.
    if (value === "" || value === "." || value === "..") throw new TypeError(`\`${name}\` is missing, or is no name: \`${value}\``);
    return encodeURIComponent(value);
  });
}

/** A list is given by its name several times, as the contract has it. */
function searchOf(query: NonNullable<Input["query"]>): string {
  const search = new URLSearchParams();
  for (const [name, values] of Object.entries(query)) {
    for (const value of [values].flat()) if (value !== undefined && value !== null) search.append(name, String(value));
  }
  return search.size === 0 ? "" : `?${search.toString()}`;
}

/** Random, and made by what a page has that did not come over HTTPS, too: there is no `randomUUID` there. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
