import { WebSocket as Client } from "ws";
import { describe, expect, onTestFinished, test } from "vitest";
import pino from "pino";
import { useServer } from "../contract/targets.ts";
import { ownerToken, startTestGateway, teamToken } from "../harness/gateway.ts";
import { openSocket, TestSocket } from "./client.ts";

// Who may stay, and what becomes of frames that are none: told by a close code, since browsers tell their pages nothing else.

describe("who is there", () => {
  const server = useServer({ sockets: { entryMs: 200, heartbeatMs: 100 } });
  const revocable = async () => (await server.call("createKey", { json: { label: "Of the test", permissions: ["messages:write"] } })).json(201);

  test("4401: nobody says so in time", async () => {
    const socket = new TestSocket(server.gateway);
    expect(await socket.closing()).toMatchObject({ code: 4401, reason: expect.stringContaining("No token came") });
    expect(await socket.next("error")).toMatchObject({ payload: { code: "unauthorized" } });
  });

  test.each([{ type: "message", content: "Hello" }, { type: "ping" }, "hello", "{}", "[1]"])("4401: something else comes first: %j", async (frame) => {
    const socket = await new TestSocket(server.gateway).opened();
    socket.send(frame);
    expect((await socket.closing()).code).toBe(4401);
  });

  test("4401: the token is nobody's, in the handshake or in a frame", async () => {
    const inQuery = new TestSocket(server.gateway, "/ws?token=oc_tok_nobody_has_this_one");
    const reason = expect.stringContaining("No key has this token");
    expect(await inQuery.closing()).toEqual({ code: 4401, reason });
    const inFrame = await new TestSocket(server.gateway).opened();
    inFrame.send({ type: "auth", token: "oc_tok_nobody_has_this_one", id: "me" });
    expect(await inFrame.closing()).toEqual({ code: 4401, reason });
    expect(await inFrame.next("error")).toMatchObject({ id: "me", payload: { code: "unauthorized", details: { reason: "unknown" } } });
  });

  test("4401: the key is revoked while it is connected, at the next message or soon", async () => {
    const idle = await revocable();
    const idling = await openSocket(server.gateway, idle.secret);
    const busy = await revocable();
    const speaking = await openSocket(server.gateway, busy.secret);
    for (const { id } of [idle, busy]) expect((await server.call("revokeKey", { path: { keyId: id } })).status).toBeLessThan(300);
    speaking.send({ type: "message", content: "Hello" });
    for (const socket of [idling, speaking]) expect(await socket.closing()).toMatchObject({ code: 4401, reason: expect.stringContaining("revoked") });
    expect(speaking.frames.some(({ type }) => type === "accepted")).toBe(false);
  });

  test("4400: two tokens, in the handshake or by and by", async () => {
    const atOnce = new TestSocket(server.gateway, `/ws?token=${ownerToken}`, { headers: { Authorization: `Bearer ${teamToken}` } });
    expect((await atOnce.closing()).code).toBe(4400);
    const later = await openSocket(server.gateway, ownerToken);
    later.send({ type: "auth", token: teamToken });
    expect((await later.closing()).code).toBe(4400);
  });

  test("the same token twice is one, and what is sent behind it waits for it", async () => {
    const socket = await new TestSocket(server.gateway, `/ws?token=${ownerToken}&api_key=${ownerToken}`).opened();
    socket.send({ type: "auth", token: ownerToken, id: "again" });
    socket.send({ type: "auth", token: ownerToken, after: "evt_5c0e3a9f_000000000001", id: "late" });
    socket.send({ type: "ping" });
    await socket.next("pong");
    expect(socket.frames.map(({ type }) => type)).toEqual(["ready", "ready", "error", "pong"]);
    expect(socket.frames[2]).toMatchObject({ id: "late", payload: { code: "bad_request", message: expect.stringContaining("subscribe") } });
    expect(socket.frames[1]).toEqual({ type: "ready", id: "again", requestId: expect.any(String), permissions: ["messages:read", "messages:write"] });
  });

  test("who answers no ping is gone", async () => {
    const deaf = new TestSocket(server.gateway, `/ws?token=${ownerToken}`, { autoPong: false });
    const well = await openSocket(server.gateway, ownerToken);
    expect((await deaf.closing()).code).toBe(1006);
    expect(well.closed).toBeUndefined();
  });
});

test("4429: too many wrong tokens from an address; who was in use there stays", async () => {
  const gateway = await startTestGateway();
  onTestFinished(() => gateway.close());
  const known = await openSocket(gateway, ownerToken);
  const codes: number[] = [];
  for (let guess = 0; guess < 11; guess++) codes.push((await new TestSocket(gateway, `/ws?token=oc_tok_guess_${guess}`).closing()).code);
  expect(codes).toEqual([...Array<number>(10).fill(4401), 4429]);
  const right = new TestSocket(gateway, `/ws?token=${teamToken}`);
  expect((await right.closing()).code).toBe(4429);
  expect(await right.next("error")).toMatchObject({ payload: { code: "rate_limited", retryAfter: expect.any(Number) } });
  await openSocket(gateway, ownerToken);
  expect(known.closed).toBeUndefined();
});

test("without authentication nobody is asked for a token, and any token is fine", async () => {
  const gateway = await startTestGateway({ settings: { gateway: { auth: { enabled: false } } } });
  onTestFinished(() => gateway.close());
  const silent = new TestSocket(gateway);
  expect((await silent.next("ready")).permissions).toEqual(["messages:read", "messages:write"]);
  silent.send({ type: "auth", token: "YOUR_TOKEN" });
  await silent.next("ready");
  silent.send({ type: "message", content: "Hello" });
  await silent.next("response");
});

describe("frames that are none", () => {
  const server = useServer();

  test("1009: one of 5 MB", async () => {
    const socket = await openSocket(server.gateway, ownerToken);
    socket.send({ type: "message", content: "x".repeat(5 * 1024 * 1024) });
    expect((await socket.closing()).code).toBe(1009);
  });

  test("1003: a binary one", async () => {
    const socket = await openSocket(server.gateway, ownerToken);
    socket.ws.send(Buffer.from('{"type":"ping"}'));
    expect((await socket.closing()).code).toBe(1003);
  });

  test.each([
    ["not JSON", "hello", { message: expect.stringContaining("JSON") }],
    ["no object", "[]", {}],
    ["of no type", '{"content":"Hello"}', {}],
    ["of a type that there is not", '{"type":"shout"}', {}],
    ["without its content", '{"type":"message","id":"i"}', { details: { errors: [{ path: "/content", message: "is required" }] } }],
    ["with more than there is", '{"type":"message","id":"i","content":"Hello","chanel":"x"}', { details: { errors: [{ path: "/chanel", message: "is not known here" }] } }],
  ])("%s: an error, and the socket goes on", async (_name, text, payload) => {
    const socket = await openSocket(server.gateway, ownerToken);
    socket.send(text);
    const error = await socket.next("error");
    expect(error).toMatchObject({ payload: { code: "bad_request", ...payload } });
    expect("id" in error && error.id).toBe(text.includes('"id"') ? "i" : false);
    socket.send({ type: "ping" });
    await socket.next("pong");
  });

  test("1008: ten in a row, and not nine and nine more", async () => {
    const socket = await openSocket(server.gateway, ownerToken);
    for (let round = 0; round < 2; round++) {
      for (let frame = 0; frame < 9; frame++) socket.send("no");
      socket.send({ type: "ping" });
      await socket.next("pong");
    }
    for (let frame = 0; frame < 10; frame++) socket.send("no");
    expect((await socket.closing()).code).toBe(1008);
  });
});

test("the log has the beginning and the end of a connection, and no token", async () => {
  const lines: string[] = [];
  const log = pino({}, { write: (line) => void lines.push(line) });
  const gateway = await startTestGateway({ log });
  onTestFinished(() => gateway.close());
  const socket = new TestSocket(gateway, `/ws?token=${ownerToken}`);
  const { requestId } = await socket.next("ready");
  socket.ws.close(1000);
  await socket.closing();
  const own = () => lines.filter((line) => line.includes(requestId)).map((line) => JSON.parse(line) as Record<string, unknown>);
  await expect.poll(own).toHaveLength(2);
  expect(own()).toEqual([
    expect.objectContaining({ msg: "request", operation: "openSocket", path: "/ws", status: 101, complete: true }),
    expect.objectContaining({ msg: "socket closed", code: 1000, keyId: expect.any(String), durationMs: expect.any(Number) }),
  ]);
  expect(lines.join("")).not.toContain(ownerToken);
});

test("a client that says it is in the middle of a frame and goes leaves nothing behind", async () => {
  const gateway = await startTestGateway();
  onTestFinished(() => gateway.close());
  const ws = new Client(`${gateway.url.replace("http", "ws")}/ws`);
  await new Promise((resolve) => ws.once("open", resolve));
  ws.send('{"type":"auth",', { fin: false });
  ws.terminate();
  expect((await openSocket(gateway, ownerToken)).closed).toBeUndefined();
});
