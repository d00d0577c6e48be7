import { operationOf, type OperationId } from "./operations.ts";
import type { CallRequest } from "./target.ts";

/** Sends the request of an operation, as the contract writes it down. */
export function send(baseUrl: string, id: OperationId, { path = {}, query = {}, json, body, headers = {}, signal }: CallRequest, token: string | null): Promise<Response> {
  const { method, path: template } = operationOf(id);
  const url = new URL(baseUrl + template.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(path[name] ?? `{${name}}`)));
  for (const [name, values] of Object.entries(query)) for (const value of [values].flat()) url.searchParams.append(name, String(value));
  const sent = new Headers(headers);
  if (token !== null) sent.set("Authorization", `Bearer ${token}`);
  if (json !== undefined && !sent.has("Content-Type")) sent.set("Content-Type", "application/json");
  return fetch(url, { method, headers: sent, signal: signal ?? null, body: json === undefined ? (body ?? null) : JSON.stringify(json) });
}
