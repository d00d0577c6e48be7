import { describe, expect, test } from "vitest";
import { teamToken } from "../harness/gateway.ts";
import type { CallRequest } from "./target.ts";
import { useServer } from "./targets.ts";

// A client that lost its connection comes back with the id of the last event it had: nothing lost, nothing doubled.

const server = useServer();
const message = "Hello [slow 8]";

const faces: { name: string; id: "streamChat" | "streamChatByQuery" | "streamMessage" | "message"; request: CallRequest }[] = [
  { name: "POST /chat/stream, agents edition", id: "streamChat", request: { json: { message, agentId: "main" } } },
  { name: "POST /chat/stream, conversations edition", id: "streamChat", request: { json: { message, conversationId: null } } },
  { name: "GET /chat/stream", id: "streamChatByQuery", request: { query: { message } } },
  { name: "POST /messages/stream", id: "streamMessage", request: { json: { message } } },
  { name: "POST /message", id: "message", request: { json: { message, channel: "api" }, headers: { Accept: "text/event-stream" } } },
];

const resumed = ({ headers, ...request }: CallRequest, lastEventId: string): CallRequest => ({ ...request, headers: { ...headers, "Last-Event-ID": lastEventId } });

describe.each(faces)("$name", ({ id, request }) => {
  test("200: goes on behind the last event received, while it runs and after", async () => {
    const stream = await server.open(id, request);
    const first = [await stream.next(), await stream.next()];
    await stream.leave();
    const rest = await server.call(id, resumed(request, first[1]?.id ?? ""));
    const runId = stream.headers.get("X-Run-Id") ?? "";
    expect(rest.headers.get("X-Run-Id")).toBe(runId);
    const all = await server.call("streamRunEvents", { path: { runId } });
    expect([...first, ...rest.events]).toEqual(all.events);
    for (const [index, event] of all.events.slice(0, -1).entries()) {
      const late = await server.call(id, resumed(request, event.id));
      expect(late.events).toEqual(all.events.slice(index + 1));
    }
  });

  test("204: has nothing behind the terminal event, and starts no turn", async () => {
    const { events } = await server.call(id, request);
    const asked = server.upstream.requests.length;
    const answer = await server.call(id, resumed(request, events.at(-1)?.id ?? ""));
    expect([answer.status, answer.text, server.upstream.requests.length]).toEqual([204, "", asked]);
  });

  test("400: refuses what is no event's id; 404: and one of a run that is not there, or not this key's", async () => {
    (await server.call(id, resumed(request, "nonsense"))).json(400);
    (await server.call(id, resumed(request, "run_nobody:1"))).json(404);
    const { events } = await server.call(id, request);
    (await server.call(id, { ...resumed(request, events[0]?.id ?? ""), token: teamToken })).json(404);
  });
});

describe("GET /runs/{runId}/events", () => {
  test("200: takes `?after=` for `Last-Event-ID`, as an id and as a number", async () => {
    const runId = await server.makeRun();
    const { events } = await server.call("streamRunEvents", { path: { runId } });
    for (const after of [events[1]?.id ?? "", "2"]) {
      expect((await server.call("streamRunEvents", { path: { runId }, query: { after } })).events).toEqual(events.slice(2));
    }
  });

  test("200: gives OpenAI's chunks within one event's parts too", async () => {
    const json = { model: "gpt-5-mini", messages: [{ role: "user", content: "Hello" }], stream: true, stream_options: { include_usage: true } };
    const answer = await server.call("createChatCompletion", { json });
    const path = { runId: answer.headers.get("X-Run-Id") ?? "" };
    for (const [index, event] of answer.events.slice(0, -1).entries()) {
      const rest = await server.call("streamRunEvents", { path, headers: { "Last-Event-ID": event.id } });
      expect(rest.events).toEqual(answer.events.slice(index + 1));
    }
  });

  test("200: several readers have the whole stream, each at its own pace", async () => {
    const stream = await server.open("streamChat", { json: { message, agentId: "main" } });
    const path = { runId: stream.headers.get("X-Run-Id") ?? "" };
    await stream.next();
    const [one, two] = await Promise.all([server.call("streamRunEvents", { path }), server.call("streamRunEvents", { path })]);
    await stream.leave();
    expect(one.events).toHaveLength(10);
    expect(two.events).toEqual(one.events);
  });

  test("400: refuses the event of another run, and another face's stream", async () => {
    const [runId, other] = [await server.makeRun(), await server.makeRun()];
    (await server.call("streamRunEvents", { path: { runId }, headers: { "Last-Event-ID": `${other}:1` } })).json(400);
    (await server.call("streamMessage", { json: { message }, headers: { "Last-Event-ID": `${runId}:1` } })).json(400);
  });
});
