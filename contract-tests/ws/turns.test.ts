import { describe, expect, test } from "vitest";
import { useServer } from "../contract/targets.ts";
import { ownerToken, readOnlyToken, teamToken } from "../harness/gateway.ts";
import { openSocket, TestSocket } from "./client.ts";

describe("the documents' own clients", () => {
  const server = useServer();

  test("the operator edition's: authenticates by a frame, and reads the response", async () => {
    const ws = new WebSocket(`${server.gateway.url.replace("http", "ws")}/ws`);
    const { promise: said, resolve } = Promise.withResolvers<string>();
    ws.onopen = () => {
      ws.send(JSON.stringify({ type: "auth", token: ownerToken }));
      ws.send(JSON.stringify({ type: "message", content: "Hello" }));
    };
    ws.onmessage = (event) => {
      const data = JSON.parse(event.data as string);
      if (data.type === "response") resolve(data.content);
    };
    expect(await said).toContain("Hello");
    ws.close();
  });

  test("the plain edition's: prints the events of a turn", async () => {
    const ws = new WebSocket(`${server.gateway.url.replace("http", "ws")}/ws?token=${ownerToken}`);
    const types: string[] = [];
    ws.onmessage = (event) => {
      const data = JSON.parse(event.data as string);
      if (data.payload !== undefined) types.push(data.type);
    };
    await new Promise((resolve) => (ws.onopen = resolve));
    await server.call("chat", { json: { message: "calculate 2+2", agentId: "my-agent" } });
    await expect.poll(() => types).toEqual(expect.arrayContaining(["session:created", "message:received", "message:sent", "run:finished"]));
    ws.close();
  });
});

describe("a turn", () => {
  const server = useServer();

  test("is accepted with its run at once, and answered with the client's own id", async () => {
    const socket = await openSocket(server.gateway, ownerToken);
    socket.send({ type: "message", id: "mine", content: "Hello" });
    const accepted = await socket.next("accepted");
    const response = await socket.next("response");
    expect(response).toMatchObject({ id: "mine", runId: accepted.runId, conversationId: accepted.conversationId, content: expect.stringContaining("Hello"), usage: { inputTokens: expect.any(Number) } });
    socket.send({ type: "message", content: "What did I say?", conversationId: response.conversationId });
    expect((await socket.next("response")).conversationId).toBe(response.conversationId);
    expect((await server.call("getConversation", { path: { id: response.conversationId } })).json(200).messages).toHaveLength(4);
  });

  test("streams what comes while it works, and ends with the whole of it", async () => {
    const socket = await openSocket(server.gateway, ownerToken);
    socket.send({ type: "message", content: "calculate 6*7", agentId: "my-agent", stream: true, id: "a" });
    const response = await socket.next("response");
    const pieces = socket.frames.filter(({ type }) => type === "delta");
    expect(pieces.map((frame) => ("content" in frame ? frame.content : "")).join("")).toBe(response.content);
    expect(pieces.length).toBeGreaterThan(0);
    expect(pieces.every((frame) => "runId" in frame && frame.runId === response.runId)).toBe(true);
  });

  test("one that cannot begin is an error with the id, and the socket stays", async () => {
    const socket = await openSocket(server.gateway, ownerToken);
    socket.send({ type: "message", content: "Hello", workspace: "elsewhere", id: "x" });
    expect(await socket.next("error")).toMatchObject({ id: "x", payload: { code: "not_found" } });
    socket.send({ type: "message", content: "Hello", agentId: "nobody", id: "y" });
    expect(await socket.next("error")).toMatchObject({ id: "y", payload: { code: "bad_request" } });
    socket.send({ type: "ping", id: "z" });
    expect(await socket.next("pong")).toEqual({ type: "pong", id: "z" });
  });

  test("can be cancelled, and goes on without its socket until it is taken up", async () => {
    const socket = await openSocket(server.gateway, ownerToken);
    socket.send({ type: "message", content: "Hello [hang-mid]", stream: true, id: "hung" });
    const { runId } = await socket.next("accepted");
    await socket.next("delta");
    const other = await openSocket(server.gateway, ownerToken);
    socket.ws.terminate();
    expect((await server.call("getRun", { path: { runId } })).json(200).status).toBe("running");
    other.send({ type: "cancel", runId, id: "c" });
    expect(await other.next("cancelled")).toEqual({ type: "cancelled", runId, id: "c" });
    expect((await server.call("getRun", { path: { runId } })).json(200).status).toBe("cancelled");
  });

  test("one that fails on the way ends with an error that names its run", async () => {
    const socket = await openSocket(server.gateway, ownerToken);
    socket.send({ type: "message", content: "Hello [hang-mid]", id: "hung" });
    const { runId } = await socket.next("accepted");
    socket.send({ type: "cancel", runId });
    expect(await socket.next("error")).toMatchObject({ id: "hung", runId, payload: { code: "cancelled" } });
  });

  test("of more than 16 at once, one is refused", async () => {
    const socket = await openSocket(server.gateway, ownerToken);
    for (let turn = 0; turn < 17; turn++) socket.send({ type: "message", content: "Hello [hang-mid]", id: `${turn}` });
    expect(await socket.next("error")).toMatchObject({ id: "16", payload: { code: "rate_limited", details: { limit: 16 }, retryAfter: 1 } });
    for (const frame of socket.frames) if (frame.type === "accepted") await server.call("cancelRun", { path: { runId: frame.runId } });
  });
});

describe("what a key may do", () => {
  const server = useServer({ settings: { workspaces: [{ id: "team" }] } });
  const keyWith = async (given: object): Promise<string> => (await server.call("createKey", { json: { label: "Of the test", ...given } })).json(201).secret;

  test("reading only: events and no messages", async () => {
    const socket = new TestSocket(server.gateway, `/ws?api_key=${readOnlyToken}`);
    expect((await socket.next("ready")).permissions).toEqual(["messages:read"]);
    socket.send({ type: "message", content: "Hello", id: "m" });
    expect(await socket.next("error")).toMatchObject({ id: "m", payload: { code: "forbidden", details: { permission: "messages:write" } } });
    await server.call("chat", { json: { message: "Hello", conversationId: null } });
    await socket.next("run:finished");
  });

  test("writing only: messages and no events", async () => {
    const socket = await openSocket(server.gateway, await keyWith({ permissions: ["messages:write"] }));
    expect(socket.frames[0]).toEqual({ type: "ready", requestId: expect.any(String), permissions: ["messages:write"] });
    socket.send({ type: "subscribe", id: "s" });
    expect(await socket.next("error")).toMatchObject({ id: "s", payload: { code: "forbidden", details: { permission: "messages:read" } } });
    socket.send({ type: "message", content: "Hello" });
    await socket.next("response");
    socket.send({ type: "ping" });
    await socket.next("pong");
    expect(socket.frames.map(({ type }) => type)).toEqual(["ready", "error", "accepted", "response", "pong"]);
  });

  test("neither: 4403", async () => {
    const socket = new TestSocket(server.gateway, `/ws?token=${await keyWith({ permissions: ["agents:read"] })}`);
    expect(await socket.closing()).toMatchObject({ code: 4403, reason: expect.stringContaining("messages:read") });
    expect(await socket.next("error")).toMatchObject({ payload: { code: "forbidden" } });
  });

  test("another tenant's conversation is not there", async () => {
    const { conversationId } = (await server.call("chat", { json: { message: "Hello", conversationId: null } })).json(200) as { conversationId: string };
    const socket = await openSocket(server.gateway, teamToken);
    socket.send({ type: "message", content: "Hello", conversationId });
    expect(await socket.next("error")).toMatchObject({ payload: { code: "not_found" } });
  });

  test("each message counts like a request", async () => {
    const socket = await openSocket(server.gateway, await keyWith({ permissions: ["messages:write"], rateLimit: 2 }));
    for (let turn = 0; turn < 3; turn++) socket.send({ type: "message", content: "Hello", id: `${turn}` });
    expect(await socket.next("error")).toMatchObject({ id: "2", payload: { code: "rate_limited", retryAfter: expect.any(Number) } });
  });
});
