import { methodsOf, type CallRequest } from "../caller.ts";
import { operations, type Operation, type OperationId } from "../contract.ts";
import { errorIn } from "../error-of.ts";
import { wrongBearer } from "../exchange.ts";
import { farReaching, isPlatformCallback, requiredQuery } from "../requests.ts";
import { Skipped } from "../trials.ts";
import { unknownPath } from "../world.ts";
import { checkError } from "./refusals.ts";
import type { CheckContext } from "./context.ts";

/** After a few wrong tokens a server may hear nobody from this address: they are tried at one operation of each face. */
const withWrongToken: ReadonlySet<OperationId> = new Set(["listAgents", "listTools", "listOpenaiModels"]);

/** Who sends no token, or a wrong one, gets a 401 in the face of the path. What is asked for would do nothing. */
export async function checkAuthentication(context: CheckContext, operation: Operation): Promise<void> {
  if (operation.permission === "none") return;
  await context.trial(operation, "authentication", "without a token", async (trial) => {
    const request = await harmlessRequest(context, operation);
    const exchange = await trial.callFor([401], operation.operationId, { ...request, authorization: null });
    checkError(trial, operation, exchange, "unauthorized");
  });
  if (!withWrongToken.has(operation.operationId)) return;
  await context.trial(operation, "authentication", "with a token that is nobody's", async (trial) => {
    if (context.isStateless) throw new Skipped("a server without state may know no tokens");
    const exchange = await trial.callFor([401, 429], operation.operationId, { ...(await harmlessRequest(context, operation)), authorization: wrongBearer });
    if (exchange.status === 429) throw new Skipped("too many wrong tokens came from this address");
    checkError(trial, operation, exchange, "unauthorized");
  });
}

/** An id that is nobody's is a 404, whoever asks and whatever it would have been. */
export async function checkUnknownIds(context: CheckContext, operation: Operation): Promise<void> {
  const hasIds = operation.parameters.some((parameter) => parameter.in === "path");
  if (!hasIds || isPlatformCallback(operation) || !operation.answers.some(({ status }) => status === 404)) return;
  await context.trial(operation, "unknown ids", "404", async (trial) => {
    if (context.isStateless) throw new Skipped("a server without state knows no ids");
    const exchange = await trial.callFor([404], operation.operationId, await harmlessRequest(context, operation));
    checkError(trial, operation, exchange, "not_found");
  });
}

/** Well formed, and of nobody's objects; not even that where it would reach far. */
async function harmlessRequest({ world }: CheckContext, operation: Operation): Promise<CallRequest> {
  const { operationId, body } = operation;
  const isFar = farReaching.has(operationId);
  const query = Object.fromEntries(Object.entries(requiredQuery(operation)).map(([name, value]) => [name, isFar ? "conformance-none" : value]));
  const request: CallRequest = { path: unknownPath(operation), query };
  if (!body) return request;
  return isFar ? { ...request, body: "{" } : { ...request, json: await world.fit(operation, Object.values(body.examples)[0]) };
}

/** HEAD, OPTIONS, and a method that the path does not have (RFC 9110: 9.3.2, 9.3.7, 15.5.6). Once for each path. */
export async function checkMethods(context: CheckContext, operation: Operation): Promise<void> {
  const { operationId, method, face } = operation;
  if (isPlatformCallback(operation)) return;
  const path = unknownPath(operation);
  const methods = methodsOf(operationId, path);
  if (method === "GET" && !operation.streams && operationId !== "openSocket") {
    await context.trial(operation, "methods", "HEAD", async (trial) => {
      const request = { path: await context.world.path(operation), query: requiredQuery(operation) };
      const exchange = await trial.call(operationId, { ...request, method: "HEAD" });
      const got = await trial.call(operationId, request);
      if (exchange.status !== got.status || exchange.text !== "") trial.fault("methods", exchange, `${got.status} without a body`, `${exchange.status}, ${exchange.text.length} characters`);
    });
  }
  if (!isFirstAtPath(operation)) return;
  // The contract has no such operation: the answer is looked at by hand.
  await context.trial(operation, "methods", "OPTIONS", async (trial) => {
    const exchange = await context.callUnchecked(operationId, { path, method: "OPTIONS" });
    const allow = allowedBy(exchange.headers);
    if (exchange.status >= 300 || !methods.every((known) => allow.includes(known))) trial.fault("methods", exchange, `2xx, with Allow: ${methods.join(", ")}`, `${exchange.status}, with Allow: ${allow.join(", ") || "nothing"}`);
  });
  const wrong = ["PUT", "PATCH", "DELETE", "POST"].find((other) => !methods.includes(other))!;
  await context.trial(operation, "methods", `405 to ${wrong}`, async (trial) => {
    const exchange = await context.callUnchecked(operationId, { path, method: wrong });
    const allow = allowedBy(exchange.headers);
    if (exchange.status !== 405 || !methods.every((known) => allow.includes(known))) return trial.fault("methods", exchange, `405, with Allow: ${methods.join(", ")}`, `${exchange.status}, with Allow: ${allow.join(", ") || "nothing"}`);
    const error = errorIn(exchange.text);
    if (error?.face !== face) trial.fault("error-face", exchange, `the face of ${face}`, exchange.text.slice(0, 300));
    else checkError(trial, operation, exchange, "method_not_allowed");
  });
}

const isFirstAtPath = ({ operationId, path }: Operation) => [...operations.values()].find((other) => other.path === path)?.operationId === operationId;

const allowedBy = (headers: Headers) => (headers.get("Allow") ?? "").split(",").map((name) => name.trim()).filter((name) => name !== "");
