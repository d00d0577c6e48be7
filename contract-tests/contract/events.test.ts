import { describe, expect, test } from "vitest";
import { agentsToken, ownerToken, startTestGateway, teamToken, type TestGateway } from "../harness/gateway.ts";
import { readEvents } from "../harness/sse.ts";
import { expectedStream, normalised, streamPrompt } from "../streams/expected.ts";
import { errorOf } from "./error-of.ts";
import { freshId } from "./ids.ts";
import type { BodyOf } from "./operations.ts";
import type { CallRequest } from "./target.ts";
import { describeTargets, useServer } from "./targets.ts";

type Page = BodyOf<"listEvents", 200>;
type Event = Page["events"][number];

describeTargets((target) => {
  test("200: GET /api/v1/events answers a page", async () => {
    const { events, last, truncated } = (await target.call("listEvents", { query: { limit: 5 } })).json(200);
    expect(events.length).toBeLessThanOrEqual(5);
    expect(last).toMatch(/^evt_/);
    expect(truncated).toBe(false);
  });

  test("400: refuses what is no type, and no page", async () => {
    for (const query of [{ types: "message.eaten" }, { limit: 0 }, { limit: 101 }, { workspace: "no id" }]) (await target.call("listEvents", { query, mock: { status: 400 } })).json(400);
  });

  test("401: without a key", async () => {
    (await target.call("listEvents", { token: null })).json(401);
  });

  test("404: a workspace that the key may not see", async () => {
    (await target.call("listEvents", { query: { workspace: "elsewhere" }, token: teamToken, mock: { status: 404 } })).json(404);
  });
});

describe("the log of events", () => {
  const server = useServer();
  const list = async (query: CallRequest["query"] = {}, token?: string): Promise<Page> => (await server.call("listEvents", { query, ...(token && { token }) })).json(200);
  const newest = async (): Promise<string> => {
    for (let page = await list({ limit: 100 }); ; page = await list({ limit: 100, after: page.last })) if (page.nextCursor === undefined) return page.last;
  };

  test("tells of a first turn: the session, the message, the answer and the run, in this order", async () => {
    const after = await newest();
    const conversationId = freshId();
    await server.call("chat", { json: { message: "Hello", conversationId } });
    const { events, last, nextCursor } = await list({ after });
    expect(events.map(({ event }) => event)).toEqual(["session.started", "conversation.created", "message.received", "message.sent", "run.finished"]);
    const [started, , received, sent, finished] = events;
    expect(started?.data).toEqual({ sessionId: conversationId, workspace: "default", agent: "main", userId: null, channel: "api" });
    expect(received?.data).toMatchObject({ conversationId, sessionId: conversationId, workspace: "default", channel: "api", content: "Hello", from: null, timestamp: received?.timestamp });
    const messageId = sent?.event === "message.sent" ? sent.data.messageId : null;
    expect(sent?.data).toMatchObject({ conversationId, response: expect.stringContaining("Hello"), tokensUsed: expect.any(Number) });
    expect(finished?.data).toMatchObject({ sessionId: conversationId, status: "completed", error: null, messageId });
    expect(events.map(({ id }) => id)).toEqual(events.map(({ id }) => id).toSorted());
    expect(last).toBe(events.at(-1)?.id);
    expect(nextCursor).toBeUndefined();
  });

  test("tells of tools that were called, in a turn and by a key", async () => {
    const after = await newest();
    await server.call("chat", { json: { message: "calculate 2+2", conversationId: freshId() } });
    await server.call("invokeTool", { path: { name: "calculate" }, json: { params: { expression: "1/0+" } } });
    await expect.poll(async () => (await list({ after, types: ["tool.invoked"] })).events.length).toBe(2);
    const [inTurn, byKey] = (await list({ after, types: ["tool.invoked"] })).events;
    expect(inTurn?.data).toMatchObject({ tool: "calculate", isError: false, agent: "main", runId: expect.stringMatching(/^run_/) });
    expect(byKey?.data).toMatchObject({ tool: "calculate", isError: true, agent: null, runId: null, sessionId: null });
  });

  test("tells of a session's end, and forgets with it what was said", async () => {
    const after = await newest();
    const id = freshId();
    await server.call("chat", { json: { message: "A secret", conversationId: id } });
    expect((await server.call("deleteConversation", { path: { id } })).status).toBe(204);
    const { events } = await list({ after, types: ["session.ended", "message.received", "message.sent"] });
    expect(events.map(({ event, data }) => [event, "content" in data ? data.content : "response" in data ? data.response : data])).toEqual([
      ["message.received", null],
      ["message.sent", null],
      ["session.ended", { sessionId: id, workspace: "default", reason: "deleted" }],
    ]);
  });

  test("goes on behind `after`, page by page, with nothing lost or doubled", async () => {
    const after = await newest();
    for (let turn = 0; turn < 3; turn++) await server.call("chat", { json: { message: `Turn ${turn}`, conversationId: freshId() } });
    const all = (await list({ after, limit: 100 })).events;
    expect(all).toHaveLength(15);
    const paged: Event[] = [];
    for (let page = await list({ after, limit: 4 }); ; page = await list({ after: page.nextCursor, limit: 4 })) {
      paged.push(...page.events);
      if (page.nextCursor === undefined) break;
    }
    expect(paged).toEqual(all);
  });

  test("a key sees the events of its workspaces only", async () => {
    const after = await newest();
    await server.call("sendMessage", { json: { workspace: "team", userId: "user-1", message: "For the team" } });
    await server.call("chat", { json: { message: "Not for the team", conversationId: freshId() } });
    const own = (await list({ after, limit: 100 }, teamToken)).events;
    expect(own.length).toBeGreaterThan(0);
    expect(new Set(own.map(({ data }) => data.workspace))).toEqual(new Set(["team"]));
    expect((await list({ after, workspace: "team", limit: 100 })).events).toEqual(own);
  });

  test.each(["evt_1", "nothing", "evt_00000000_000000000001", "12"])("400: an `after` that is none of this log, such as %s", async (after) => {
    const error = errorOf((await server.call("listEvents", { query: { after } })).json(400));
    expect(error.details.errors).toEqual([{ path: "/after", message: expect.any(String) }]);
  });

  test("400: an `after` that is still to come", async () => {
    const last = await newest();
    (await server.call("listEvents", { query: { after: `${last.slice(0, -12)}999999999999` } })).json(400);
  });
});

describe("the stream of events", () => {
  const shared = useServer();

  test("has the expected bytes", async () => {
    const expected = expectedStream("listEvents", "all");
    const response = await shared.gateway.call("/api/v1/events", { headers: { Accept: "text/event-stream" } });
    await shared.call("sendMessage", { json: { workspace: "team", userId: "user-1", message: streamPrompt } });
    let text = "";
    for await (const chunk of response.body!) {
      text += new TextDecoder().decode(chunk);
      if (text.includes('"run.finished"') && text.endsWith("\n\n")) break;
    }
    expect(normalised(text)).toBe(normalised(expected));
  });

  const follow = (gateway: TestGateway, { query = "", headers = {}, token = ownerToken }: { query?: string; headers?: Record<string, string>; token?: string } = {}) =>
    gateway.call(`/api/v1/events${query}`, { token, headers: { Accept: "text/event-stream", ...headers } });
  const chat = (gateway: TestGateway, message: string, conversationId: string) => gateway.call("/api/v1/chat", { json: { message, conversationId } });

  async function take(response: Response, most: number): Promise<{ id: string; data: Event }[]> {
    const events = [];
    for await (const event of readEvents(response)) if (events.push(event) === most) break;
    return events;
  }

  test("has what comes from now on, and goes on where a reader was", async () => {
    const gateway = await startTestGateway();
    try {
      await chat(gateway, "Before", "conv_before");
      const response = await follow(gateway);
      expect(response.status).toBe(200);
      await chat(gateway, "Hello", "conv_1");
      const first = await take(response, 3);
      expect(first.map(({ data }) => data.event)).toEqual(["session.started", "conversation.created", "message.received"]);
      expect(first.map(({ id, data }) => id === data.id)).toEqual([true, true, true]);
      await chat(gateway, "Again", "conv_1");
      const rest = await take(await follow(gateway, { headers: { "Last-Event-ID": first[2]!.id } }), 5);
      expect(rest.map(({ data }) => data.event)).toEqual(["message.sent", "run.finished", "message.received", "message.sent", "run.finished"]);
      const sameByQuery = await take(await follow(gateway, { query: `?after=${first[2]!.id}` }), 5);
      expect(sameByQuery).toEqual(rest);
    } finally {
      await gateway.close();
    }
  });

  test("tells every reader the same, however many there are, and each only what it may see", async () => {
    const gateway = await startTestGateway();
    try {
      const readers = await Promise.all(Array.from({ length: 20 }, () => follow(gateway, { query: "?types=message.sent&types=run.finished" })));
      const teams = await follow(gateway, { token: teamToken });
      await chat(gateway, "Hello", "conv_1");
      await gateway.call("/api/v1/messages", { json: { workspace: "team", userId: "user-1", message: "For the team" } });
      const told = await Promise.all(readers.map((reader) => take(reader, 4)));
      expect(told[0]?.map(({ data }) => data.event)).toEqual(["message.sent", "run.finished", "message.sent", "run.finished"]);
      for (const events of told) expect(events).toEqual(told[0]);
      expect((await take(teams, 5)).map(({ data }) => data.data.workspace)).toEqual(["team", "team", "team", "team", "team"]);
    } finally {
      await gateway.close();
    }
  });

  test("400 and 404 are ordinary answers", async () => {
    const gateway = await startTestGateway();
    try {
      expect((await follow(gateway, { query: "?after=evt_00000000_000000000001" })).status).toBe(400);
      expect((await follow(gateway, { query: "?workspace=nowhere" })).status).toBe(404);
      expect((await follow(gateway, { query: "?workspace=default", token: teamToken })).status).toBe(404);
    } finally {
      await gateway.close();
    }
  });

  test("ends when the gateway stops", async () => {
    const gateway = await startTestGateway();
    const response = await follow(gateway, { token: agentsToken });
    const read = take(response, 1000);
    await chat(gateway, "Hello", "conv_1");
    await gateway.close();
    expect((await read).length).toBeGreaterThan(0);
  });
});

describe("after a while", () => {
  const day = 86_400_000;

  test("events are forgotten, and who comes too late is told so", async () => {
    const clock = { now: Date.now() };
    const gateway = await startTestGateway({ settings: { events: { retentionDays: 2 } }, now: () => clock.now });
    const list = async (query = ""): Promise<Page> => (await (await gateway.call(`/api/v1/events${query}`)).json()) as Page;
    try {
      await gateway.call("/api/v1/chat", { json: { message: "Old", conversationId: "conv_old" } });
      const [first] = (await list()).events;
      clock.now += 3 * day;
      await gateway.call("/api/v1/chat", { json: { message: "New", conversationId: "conv_new" } });
      // Settings that are taken up have what is too old deleted at once.
      expect((await gateway.call("/api/config", { method: "PATCH", json: { events: { retentionDays: 1 } } })).status).toBe(200);
      await expect.poll(async () => (await list()).events.length).toBe(5);
      const page = await list(`?after=${first!.id}`);
      expect(page.truncated).toBe(true);
      expect(page.events.map(({ event }) => event)).toEqual(["session.started", "conversation.created", "message.received", "message.sent", "run.finished"]);
      expect((await list(`?after=${page.last}`)).truncated).toBe(false);
    } finally {
      await gateway.close();
    }
  });
});
