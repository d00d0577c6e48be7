import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { answerValidators } from "../../generated/server/answers.ts";
import type { Handlers } from "../../generated/server/handlers.ts";
import { routes, type Route } from "../../generated/server/routes.ts";
import type { AnyAnswer, AnyHandler } from "../http/mount.ts";
import type { RequestContext } from "../http/request-context.ts";
import { chooseAnswer, type ChosenAnswer, type MockRequest } from "./choose.ts";
import { cutBody } from "./cut-body.ts";
import { echo, pageOfExample } from "./echo.ts";
import { endlessStreams, eventsAfter, playEvents } from "./events.ts";
import type { ContractExamples, ExampleEvent } from "./examples.ts";
import { createFaults } from "./faults.ts";
import { readPreferences, type Preferences } from "./preferences.ts";

export interface MockOptions {
  examples: ContractExamples;
  /** What is served as the gateway serves it: the contract, its reference, and pages. */
  real: Partial<Handlers<RequestContext>>;
  /** The response to the request that is being handled. */
  response: () => ServerResponse;
}

/**
 * A handler for each operation that answers from the contract's examples. They stand behind the same mount as the gateway's:
 * who asks, what is asked and how an error looks is decided there.
 */
export function createMockHandlers({ examples, real, response }: MockOptions): Handlers<RequestContext> {
  const faults = createFaults();
  /** By key, so that a stream is taken up at `/runs/{runId}/events` in the edition in which it began. */
  const lastEditions = new Map<string, string>();

  async function handle(route: Route, request: MockRequest, context: RequestContext): Promise<AnyAnswer> {
    const wanted = preferencesOf(route, request, context);
    tellPreferences(response(), wanted);
    if (wanted["cut-after"] !== undefined) cutBody(response(), wanted["cut-after"]);
    // Who has left by then gets his answer all the same: nobody reads it.
    if (wanted.delay !== undefined) await sleep(wanted.delay, undefined, { signal: context.signal }).catch(() => {});

    const handler = real[route.operationId] as AnyHandler | undefined;
    if (handler && !isError(wanted.code)) return handler(request, context);
    const { keyId } = context.principal;
    const edition = route.operationId === "streamRunEvents" ? lastEditions.get(keyId) : undefined;
    const answer = chooseAnswer(route, examples, wanted, request, context, edition);
    if (answer.mediaType !== "text/event-stream") return plainAnswer(route, answer, request, context, wanted);
    if (!endlessStreams.has(route.operationId)) remember(keyId, answer.exampleName);
    return stream(route, answer, request, context, wanted);
  }

  /** Those that bear on this very request: faults that it has met often enough are left out, too. */
  function preferencesOf(route: Route, { path, query, headers, body }: MockRequest, { principal }: RequestContext): Preferences {
    const wanted = readPreferences(headers["prefer"], query);
    if (!route.streams) delete wanted.rate;
    if (!examples.operations[route.operationId].hasPages) delete wanted.pages;
    if (!isError(wanted.code)) delete wanted["retry-after"];
    // An error has but one.
    else delete wanted.example;
    if (wanted.times === undefined) return wanted;
    const { after: _, ...asked } = query;
    const request = [principal.keyId, route.operationId, path, asked, body, headers["idempotency-key"], headers["prefer"]];
    if (faults.strike(request, wanted.times)) return wanted;
    const { code: _code, delay: _delay, "cut-after": _cutAfter, "retry-after": _retryAfter, times: _times, ...rest } = wanted;
    return rest;
  }

  function remember(keyId: string, edition: string): void {
    if (!lastEditions.has(keyId) && lastEditions.size >= mostRemembered) lastEditions.delete(lastEditions.keys().next().value!);
    lastEditions.set(keyId, edition);
  }

  function stream({ operationId }: Route, { headers, example }: ChosenAnswer, request: MockRequest, { signal }: RequestContext, wanted: Preferences): AnyAnswer {
    const all = (example as ExampleEvent[]).map((event) => echoEvent(operationId, event, request));
    const events = eventsAfter(all, request.headers["last-event-id"] || (request.query["after"] as string | undefined));
    const isEndless = endlessStreams.has(operationId);
    if (events.length === 0 && !isEndless) return { status: 204 };
    return { status: 200, headers: withRunId(headers, request), events: playEvents(events, { pauseMs: wanted.rate, cutAfter: wanted["cut-after"], isEndless, signal }) };
  }

  function echoEvent(operationId: Route["operationId"], event: ExampleEvent, request: MockRequest): ExampleEvent {
    const { runId } = request.path;
    const named = runId === undefined ? event : (JSON.parse(JSON.stringify(event).replaceAll(exampleRunId, () => runId)) as ExampleEvent);
    return { id: named.id, data: echo(named.data, examples.operations[operationId], request, isRight(operationId, 200, "text/event-stream")) };
  }

  async function plainAnswer({ operationId }: Route, { status, mediaType, headers, example }: ChosenAnswer, request: MockRequest, context: RequestContext, { pages = 1 }: Preferences): Promise<AnyAnswer> {
    const operation = examples.operations[operationId];
    if (mediaType === null) return { status, headers: withRunId(headers, request) };
    const body = echo(operation.hasPages ? pageOfExample(example, request.query, pages) : example, operation, request, isRight(operationId, status, mediaType));
    if (mediaType !== "application/json") return { status, headers, contentType: mediaType, text: body as string };
    const { id } = body as { id?: unknown };
    const made = status === 201 && "Location" in headers && typeof id === "string" ? { Location: `${context.path}/${id}` } : {};
    return { status, headers: { ...withRunId(headers, request), ...made }, body };
  }

  return Object.fromEntries(
    routes.map((route) => [route.operationId, ((request, context) => handle(route, request as MockRequest, context)) satisfies AnyHandler]),
  ) as unknown as Handlers<RequestContext>;
}

const isError = (code: number | undefined) => code !== undefined && code >= 400;

/** Says in the answer's head, an error's too, what of the request's preferences was heeded (RFC 7240, 3), and what goes with the status. */
function tellPreferences(response: ServerResponse, wanted: Preferences): void {
  const applied = Object.entries(wanted).map(([name, value]) => `${name}=${typeof value === "string" ? JSON.stringify(value) : value}`);
  // What came in the query may be no text for a header.
  if (applied.length > 0) response.setHeader("Preference-Applied", applied.join(", ").replaceAll(/[^ -~]/g, "?"));
  if (wanted.code === 426) response.setHeader("Upgrade", "websocket");
  if (wanted.code !== 429) return;
  response.setHeader("X-RateLimit-Remaining", 0);
  if (wanted["retry-after"] !== undefined) response.setHeader("X-RateLimit-Reset", Math.ceil(Date.now() / 1000) + wanted["retry-after"]);
}

const mostRemembered = 10_000;

/** The run of all examples. */
const exampleRunId = "run_0199c0ffee";

function withRunId(headers: ChosenAnswer["headers"], { path: { runId } }: MockRequest): ChosenAnswer["headers"] {
  return runId !== undefined && "X-Run-Id" in headers ? { ...headers, "X-Run-Id": runId } : headers;
}

function isRight(operationId: string, status: number, mediaType: string): (answer: unknown) => boolean {
  return (answer) => answerValidators[`${operationId} ${status} ${mediaType}`]?.(answer) === true;
}

