import { isDeepStrictEqual } from "node:util";
import { endlessStreams } from "../../mock/events.ts";
import type { ReceivedEvent } from "../answer-faults.ts";
import type { CallRequest } from "../caller.ts";
import { operationOf, type Operation } from "../contract.ts";
import { parseEvents } from "../events.ts";
import type { Exchange } from "../exchange.ts";
import { said, Skipped, type Trial } from "../trials.ts";
import type { CheckContext } from "./context.ts";

const events = { Accept: "text/event-stream" };

/**
 * Each stream is read frame by frame (that its events fit is seen at every answer), and taken up again in its middle: at its own address,
 * and at its run's.
 */
export async function checkStreams(context: CheckContext, operation: Operation): Promise<void> {
  if (!operation.streams) return;
  if (endlessStreams.has(operation.operationId)) return checkEndless(context, operation);
  let requests: [string, CallRequest][] = [];
  await context.trial(operation, "streams", "can be asked for", async () => {
    requests = await streamRequests(context, operation);
  });
  for (const [name, request] of requests) {
    let whole: { events: readonly ReceivedEvent[]; runId: string } | undefined;
    await context.trial(operation, "streams", name, async (trial) => {
      const exchange = await expectStream(trial, operation, request);
      // What is wrong as a whole is not right in its parts.
      if (trial.isClean()) whole = { events: parseEvents(exchange.text).events, runId: exchange.headers.get("X-Run-Id") ?? "" };
    });
    if (whole) await checkResumption(context, operation, name, request, whole);
  }
}

async function streamRequests({ world }: CheckContext, operation: Operation): Promise<[string, CallRequest][]> {
  const { body, operationId } = operation;
  if (operationId === "streamRunEvents") return [["of a run that has ended", { path: { runId: await world.run() } }]];
  if (operationId === "streamChatByQuery") {
    return [
      ["agents", { query: { message: "Hello", agentId: await world.agent() } }],
      ["conversations", { query: { message: "Hello", systemPrompt: "Be brief." } }],
    ];
  }
  const requests: [string, CallRequest][] = [];
  for (const [name, example] of Object.entries(body?.examples ?? {})) {
    const json = (await world.fit(operation, example)) as Record<string, unknown>;
    // An example that does not wait has no events.
    if (json["wait_for_response"] === false) continue;
    const saysSo = body!.schemas.some(({ properties }) => properties?.["stream"]) && !operation.resumes;
    requests.push([name, { json: saysSo ? { ...json, stream: true } : json }]);
  }
  return requests;
}

async function expectStream(trial: Trial, { operationId }: Operation, request: CallRequest): Promise<Exchange> {
  const exchange = await trial.callFor([200, 403, 502, 503], operationId, { ...request, headers: { ...request.headers, ...events } });
  if (exchange.status !== 200) throw new Skipped(`the server answered ${exchange.status}${said(exchange)}`);
  if (exchange.mediaType !== "text/event-stream") trial.fault("media-type", exchange, "text/event-stream", exchange.mediaType);
  return exchange;
}

async function checkResumption({ trial: run, isStateless }: CheckContext, operation: Operation, name: string, request: CallRequest, whole: { events: readonly ReceivedEvent[]; runId: string }): Promise<void> {
  const ofRun: [Operation, CallRequest] = [operationOf("streamRunEvents"), { path: { runId: whole.runId } }];
  const places = operation.resumes && operation.operationId !== "streamRunEvents" ? [[operation, request] as const, ofRun] : [ofRun];
  for (const [other, asked] of places) {
    const where = other === operation ? "at its address" : "at its run's";
    await run(operation, "streams", `${name}: taken up again ${where}`, async (trial) => {
      if (isStateless && other !== operation) throw new Skipped("a server without state does not know which run it was");
      for (const at of new Set([0, Math.floor(whole.events.length / 2), whole.events.length - 2])) {
        const id = whole.events[at]?.id;
        if (id === undefined) continue;
        const exchange = await trial.callFor([200, 403], other.operationId, { ...asked, headers: { ...events, "Last-Event-ID": id } });
        if (exchange.status === 403) throw new Skipped(`the server answered 403${said(exchange)}`);
        const rest = parseEvents(exchange.text).events;
        if (isDeepStrictEqual(rest, whole.events.slice(at + 1))) continue;
        const ids = (all: readonly ReceivedEvent[]) => all.map((event) => event.id).join(", ") || "none";
        trial.fault("resumption", exchange, `behind ${id} the events ${ids(whole.events.slice(at + 1))}, as they were`, `the events ${ids(rest)}`);
      }
      const last = whole.events.at(-1)?.id ?? "";
      const nothing = await trial.call(other.operationId, { ...asked, headers: { ...events, "Last-Event-ID": last } });
      if (nothing.status !== 204) trial.fault("resumption", nothing, "204 behind the last event", `${nothing.status}${said(nothing)}`);
    });
  }
}

/** The log of events goes on behind an event of it with the next one. */
async function checkEndless({ trial: run }: CheckContext, operation: Operation): Promise<void> {
  const { operationId } = operation;
  await run(operation, "streams", "followed", async (trial) => {
    await expectStream(trial, operation, {});
  });
  if (operationId !== "listEvents") return;
  await run(operation, "streams", "taken up again", async (trial) => {
    const page = await trial.callFor([200], operationId, { query: { limit: "3" } });
    const [first, ...next] = (JSON.parse(page.text) as { events: { id: string }[] }).events.map(({ id }) => id);
    if (first === undefined || next.length === 0) throw new Skipped("fewer than two events have happened");
    const exchange = await expectStream(trial, operation, { headers: { "Last-Event-ID": first } });
    const ids = parseEvents(exchange.text).events.map(({ id }) => id).slice(0, next.length);
    if (!isDeepStrictEqual(ids, next.slice(0, ids.length)) || ids.length === 0) trial.fault("resumption", exchange, `behind ${first} the events ${next.join(", ")}`, ids.join(", ") || "none");
  });
}
