import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { CallRequest } from "../caller.ts";
import { operations, type Operation } from "../contract.ts";
import type { Exchange } from "../exchange.ts";
import { goodRequests, type GoodRequest } from "../requests.ts";
import { said, Skipped, type Trial } from "../trials.ts";
import type { CheckContext } from "./context.ts";

/** Errors that are nobody's fault: what the server stands on is not there, or a policy of its owner forbids it. */
const circumstances = new Set([403, 408, 502, 503]);

/**
 * The contract's own examples are sent, each with every media type that its answer may have. Where the operation takes an
 * Idempotency-Key, the same request is sent again, and another one under the same key. What is deleted must be gone.
 */
export async function checkExamples(context: CheckContext, operation: Operation): Promise<void> {
  let requests: GoodRequest[] = [];
  await context.trial(operation, "examples", "can be asked", async () => {
    requests = await goodRequests(operation, context);
  });
  const types = operation.answers.filter(({ status }) => status === 200).flatMap(({ mediaTypes }) => mediaTypes.filter((type) => type !== "text/event-stream"));
  for (const { name, request, statuses } of requests) {
    const good = statuses ?? operation.answers.map(({ status }) => status).filter((status) => status < 400);
    const isKeyed = operation.parameters.some((parameter) => parameter.name === "Idempotency-Key");
    const keyed: CallRequest = isKeyed ? { ...request, headers: { ...request.headers, "Idempotency-Key": randomUUID() } } : request;
    let first: Exchange | undefined;
    await context.trial(operation, "examples", name, async (trial) => {
      const exchange = await expectGood(trial, operation, keyed, good);
      if (trial.isClean()) first = exchange;
    });
    if (isKeyed && first?.mediaType === "application/json") await checkIdempotency(context, operation, name, keyed, first);
    const reader = readerOf(operation);
    if (reader && first && !context.isStateless) {
      await context.trial(operation, "examples", `${name}: gone afterwards`, async (trial) => {
        const { status } = await trial.callFor([404, 403], reader.operationId, { path: request.path ?? {} });
        if (status === 403) throw new Skipped(`the key lacks \`${reader.permission}\``);
      });
    }
    if (types.length < 2 || operation.method !== "GET") continue;
    for (const type of types) {
      await context.trial(operation, "examples", `${name} as ${type}`, async (trial) => {
        const exchange = await expectGood(trial, operation, { ...request, headers: { ...request.headers, Accept: type } }, good);
        // A file has the type that it has.
        if (!namesItsKind.has(operation.operationId) && exchange.mediaType !== type) trial.fault("media-type", exchange, type, exchange.mediaType);
      });
    }
  }
}

/** What reads the one object that an operation deletes. */
function readerOf({ method, path }: Operation): Operation | undefined {
  return method === "DELETE" && path.endsWith("}") ? [...operations.values()].find((other) => other.method === "GET" && other.path === path) : undefined;
}

async function expectGood(trial: Trial, { operationId }: Operation, request: CallRequest, good: readonly number[]) {
  const exchange = await trial.callFor([...good, ...circumstances], operationId, request);
  if (!good.includes(exchange.status)) throw new Skipped(`the server answered ${exchange.status}${said(exchange)}`);
  return exchange;
}

async function checkIdempotency({ trial: run }: CheckContext, operation: Operation, name: string, request: CallRequest, first: Exchange): Promise<void> {
  await run(operation, "idempotency", name, async (trial) => {
    const again = await trial.call(operation.operationId, request);
    if (isShownOnce(operation, first)) {
      if (again.status !== 409) trial.fault("idempotency", again, "409: a secret is not kept to be shown again", `${again.status}${said(again)}`);
    } else {
      const replayed = again.headers.get("Idempotency-Replayed");
      if (replayed !== "true") trial.fault("idempotency", again, "Idempotency-Replayed: true", replayed ?? "no such header");
      if (again.status !== first.status || !isDeepStrictEqual(JSON.parse(again.text), JSON.parse(first.text))) trial.fault("idempotency", again, `the first answer again: ${first.status} ${first.text.slice(0, 300)}`, `${again.status} ${again.text.slice(0, 300)}`);
    }
    const other = another(request);
    if (!other) return;
    const refused = await trial.call(operation.operationId, other);
    if (refused.status !== 409) trial.fault("idempotency", refused, "409 to another request with the same key", `${refused.status}${said(refused)}`);
  });
}

/** An answer that nobody may keep has a secret in it. */
function isShownOnce({ answers }: Operation, { status }: Exchange): boolean {
  return answers.some((answer) => answer.status === status && answer.headers.some(({ name }) => name === "Cache-Control"));
}

/** The same request but for one text that people read. */
function another(request: CallRequest): CallRequest | undefined {
  const json = request.json as Record<string, unknown> | undefined;
  const name = ["message", "text", "label", "query", "description"].find((member) => typeof json?.[member] === "string");
  return name === undefined ? undefined : { ...request, json: { ...json, [name]: `${json![name] as string}!` } };
}

/** Where the name that is asked for decides on the media type, and not `Accept`. */
const namesItsKind: ReadonlySet<string> = new Set(["getPageFile", "getDocsFile"]);
