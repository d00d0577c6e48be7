import { describe, expect, onTestFinished, test } from "vitest";
import { freshId } from "../contract/ids.ts";
import { useServer } from "../contract/targets.ts";
import { ownerToken, readOnlyToken, startTestGateway, teamToken } from "../harness/gateway.ts";
import { openSocket, TestSocket, type Received } from "./client.ts";

type EventFrame = Extract<Received, { timestamp: string }>;
const eventsOf = ({ frames }: TestSocket) => frames.filter((frame): frame is EventFrame => "timestamp" in frame);
const idsOf = (socket: TestSocket) => eventsOf(socket).map(({ id }) => id);

describe("events", () => {
  const server = useServer({ settings: { workspaces: [{ id: "team" }] } });
  const say = async (message = "Hello", workspace = "default") => server.call("sendMessage", { json: { workspace, userId: "user-1", message } });
  /** The log's ids behind an event, without the one that sockets are not told. */
  const logged = async (after: string): Promise<string[]> => {
    const ids: string[] = [];
    for (let from = after; ; ) {
      const page = (await server.call("listEvents", { query: { after: from, limit: 100 } })).json(200);
      ids.push(...page.events.filter(({ event }) => event !== "conversation.created").map(({ id }) => id));
      if (page.nextCursor === undefined) return ids;
      from = page.nextCursor;
    }
  };

  test("come by the plain edition's names, once each, with the id that they are gone on behind", async () => {
    const socket = await openSocket(server.gateway, ownerToken);
    const { last } = socket.frames[0] as { last: string };
    await say("calculate 2+2");
    await socket.next("run:finished");
    const types = eventsOf(socket).map(({ type }) => type);
    expect(types.filter((type) => type !== "tool:invoked")).toEqual(["session:created", "message:received", "message:sent", "run:finished"]);
    expect(idsOf(socket)).toEqual(await logged(last));
    const sent = eventsOf(socket).find(({ type }) => type === "message:sent");
    expect(sent?.payload).toMatchObject({ workspace: "default", channel: "api", response: expect.any(String) });
  });

  test("a failed turn is an `error` with a timestamp, which errors of the socket have not", async () => {
    const socket = await openSocket(server.gateway, ownerToken);
    await server.call("chat", { json: { message: "Hello [500]", conversationId: null } });
    expect(await socket.next("error")).toMatchObject({ timestamp: expect.any(String), payload: { error: { code: "provider_error" }, workspace: "default" } });
  });

  test("another tenant's never come", async () => {
    const team = await openSocket(server.gateway, teamToken);
    const owner = await openSocket(server.gateway, ownerToken);
    await say("Not for the team");
    await say("For the team", "team");
    await team.next("run:finished");
    for (let finished = 0; finished < 2; finished++) await owner.next("run:finished");
    expect(new Set(eventsOf(team).map(({ payload }) => payload.workspace))).toEqual(new Set(["team"]));
    expect(new Set(eventsOf(owner).map(({ payload }) => payload.workspace))).toEqual(new Set(["default", "team"]));
  });

  test("only those that were chosen: types, a workspace, none", async () => {
    const socket = await openSocket(server.gateway, ownerToken);
    socket.send({ type: "subscribe", types: ["message:sent"], workspace: "team", id: "s" });
    expect(await socket.next("subscribed")).toMatchObject({ id: "s", truncated: false });
    await say("Not chosen");
    await say("Chosen", "team");
    await socket.next("message:sent");
    socket.send({ type: "subscribe", types: [] });
    await socket.next("subscribed");
    await say("Not chosen", "team");
    socket.send({ type: "subscribe" });
    await socket.next("subscribed");
    await say("All");
    await socket.next("run:finished");
    const [chosen, ...rest] = eventsOf(socket);
    expect(chosen).toMatchObject({ type: "message:sent", payload: { workspace: "team" } });
    expect(rest.map(({ type }) => type)).toEqual(["session:created", "message:received", "message:sent", "run:finished"]);
  });

  test("a workspace that the key may not see, and an `after` of another log, are errors", async () => {
    const socket = await openSocket(server.gateway, teamToken);
    socket.send({ type: "subscribe", workspace: "default", id: "w" });
    expect(await socket.next("error")).toMatchObject({ id: "w", payload: { code: "not_found" } });
    socket.send({ type: "subscribe", after: "evt_00000000_000000000001", id: "a" });
    expect(await socket.next("error")).toMatchObject({ id: "a", payload: { code: "bad_request" } });
    await say("Still there", "team");
    await socket.next("run:finished");
    const lost = new TestSocket(server.gateway, `/ws?token=${ownerToken}&after=evt_00000000_000000000001`);
    expect((await lost.closing()).code).toBe(4400);
  });

  test("whoever comes back with `after`, again and again while things happen, loses and doubles nothing", async () => {
    const witness = await openSocket(server.gateway, readOnlyToken);
    const { last } = witness.frames[0] as { last: string };
    let talks = true;
    const talking = (async () => {
      while (talks) await say();
    })();
    const had: string[] = [];
    for (let visit = 0; visit < 12; visit++) {
      const socket = await new TestSocket(server.gateway).opened();
      socket.send({ type: "auth", token: readOnlyToken, after: had.at(-1) ?? last });
      await socket.next("ready");
      await socket.next("message:sent");
      socket.ws.terminate();
      had.push(...idsOf(socket));
    }
    talks = false;
    await talking;
    const final = await new TestSocket(server.gateway, `/ws?token=${readOnlyToken}&after=${had.at(-1)}`).opened();
    const all = await logged(last);
    await expect.poll(() => idsOf(final).at(-1) ?? had.at(-1)).toBe(all.at(-1));
    expect([...had, ...idsOf(final)]).toEqual(all);
    await expect.poll(() => idsOf(witness)).toEqual(all);
  }, 30_000);

  test("a subscription that begins again behind `after` has all that was before, in order", async () => {
    const socket = await openSocket(server.gateway, ownerToken);
    const { last } = socket.frames[0] as { last: string };
    for (let turn = 0; turn < 40; turn++) await say();
    const all = await logged(last);
    await expect.poll(() => idsOf(socket)).toEqual(all);
    socket.send({ type: "subscribe", after: last, types: ["message:received"] });
    expect((await socket.next("subscribed")).last).toBe(last);
    await expect.poll(() => idsOf(socket).length).toBe(all.length + 40);
    await say();
    await expect.poll(() => idsOf(socket).length).toBe(all.length + 41);
  });
});

describe("a client that reads too slowly", () => {
  const server = useServer();

  test("4408: leaves too much of what happens unread; others lose nothing by it", async () => {
    const slow = await openSocket(server.gateway, ownerToken);
    const well = await openSocket(server.gateway, ownerToken);
    slow.ws.pause();
    const message = "many words ".repeat(80_000);
    const turns = 20;
    // All at once: who was let go of has a few seconds to notice, and reads again only once all is told.
    await Promise.all(Array.from({ length: turns }, () => server.call("chat", { json: { message, conversationId: freshId() } })));
    await expect.poll(() => eventsOf(well).filter(({ type }) => type === "run:finished").length).toBe(turns);
    slow.ws.resume();
    expect(await slow.closing()).toMatchObject({ code: 4408, reason: expect.stringContaining("after") });
    expect(idsOf(slow).length).toBeLessThan(idsOf(well).length);
    expect(idsOf(slow)).toEqual(idsOf(well).slice(0, idsOf(slow).length));
  }, 30_000);

  test("a stream waits for it, and comes whole", async () => {
    const socket = await openSocket(server.gateway, ownerToken);
    socket.send({ type: "subscribe", types: [] });
    await socket.next("subscribed");
    socket.send({ type: "message", content: "Tell me everything [words 200000]", stream: true });
    await socket.next("delta");
    socket.ws.pause();
    const sent = await settled(() => server.upstream.bytesSent);
    socket.ws.resume();
    await expect.poll(() => socket.frames.at(-1)?.type, { timeout: 20_000 }).toBe("response");
    const response = await socket.next("response");
    expect(socket.closed).toBeUndefined();
    expect(socket.frames.map((frame) => (frame.type === "delta" ? frame.content : "")).join("")).toBe(response.content);
    expect(server.upstream.bytesSent).toBeGreaterThan(sent);
  }, 60_000);
});

/** The value once it has stood still for a while. */
async function settled(value: () => number): Promise<number> {
  let last = -1;
  await expect.poll(() => last === (last = value()), { interval: 300, timeout: 20_000 }).toBe(true);
  return last;
}

describe("when the gateway stops", () => {
  test("1001: at once to who does nothing; a turn is let out first", async () => {
    const gateway = await startTestGateway({ embeddedDelayMs: 40 });
    onTestFinished(() => gateway.close());
    const idle = await openSocket(gateway, ownerToken);
    const busy = await openSocket(gateway, ownerToken);
    busy.send({ type: "message", content: "say these words one by one", stream: true });
    await busy.next("delta");
    const stopped = gateway.running.stop(10_000);
    expect(await idle.closing()).toMatchObject({ code: 1001 });
    expect(busy.closed).toBeUndefined();
    busy.send({ type: "message", content: "One more", id: "late" });
    expect(await busy.next("error")).toMatchObject({ id: "late", payload: { code: "service_unavailable", retryAfter: 5 } });
    await busy.next("response");
    expect((await busy.closing()).code).toBe(1001);
    await stopped;
  });

  test("a turn that takes too long ends with an error, and a client that does not go is cut off", async () => {
    const gateway = await startTestGateway({ embeddedDelayMs: 1000 });
    onTestFinished(() => gateway.close());
    const busy = await openSocket(gateway, ownerToken);
    busy.send({ type: "message", content: "say these words one by one", stream: true });
    await busy.next("accepted");
    const deaf = await openSocket(gateway, ownerToken);
    deaf.ws.pause();
    await gateway.running.stop(50);
    expect(await busy.next("error")).toMatchObject({ payload: { code: "service_unavailable" } });
    expect((await busy.closing()).code).toBe(1001);
    deaf.ws.resume();
    await deaf.closing();
  });
});
