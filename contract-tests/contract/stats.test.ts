import { describe, expect, onTestFinished, test } from "vitest";
import { readOnlyToken, teamToken } from "../harness/gateway.ts";
import type { BodyOf } from "./operations.ts";
import { openBeside } from "./running-run.ts";
import { startServerTarget, type ServerTarget } from "./server-target.ts";
import type { CallRequest } from "./target.ts";
import { describeTargets, useServer } from "./targets.ts";

const operations = ["getStats", "getWorkspaceStats", "getUserStats"] as const;
const april = { from: "2026-04-01", to: "2026-04-30" };

/** What is no period, and where it is wrong. */
const wrongPeriods: [query: Record<string, string>, paths: string[]][] = [
  [{ from: "2026-04-02", to: "2026-04-01" }, ["/query/to"]],
  [{ from: "2025-01-01", to: "2026-01-02" }, ["/query/from"]],
  [{ from: "2016-04-01", to: "2026-04-01" }, ["/query/from"]],
  [{ from: "2026-02-30" }, ["/query/from"]],
  [{ from: "2026-13-01", to: "2026-02-29" }, ["/query/from", "/query/to"]],
];

const wrongForms: Record<string, string | number>[] = [{ from: "yesterday" }, { to: "2026-4-1" }, { from: "2026-04-01T00:00:00Z" }, { to: "" }, { workspace: "no id" }];

describeTargets((target) => {
  describe.each(operations)("%s", (id) => {
    test("200: answers sums, and for which days", async () => {
      const { period, totals } = (await target.call(id, { query: april, token: readOnlyToken })).json(200);
      // The mock answers with the contract's example.
      expect(period).toEqual(target.name === "server" ? april : { from: "2026-04-01", to: "2026-04-02" });
      expect(totals).toEqual({
        messages: expect.any(Number),
        tokensIn: expect.any(Number),
        tokensOut: expect.any(Number),
        costUSD: expect.any(Number),
        unpriced: expect.any(Number),
        errors: expect.any(Number),
        avgLatencyMs: expect.any(Number),
        latencyMs: { p50: expect.any(Number), p95: expect.any(Number), p99: expect.any(Number) },
        uniqueUsers: expect.any(Number),
      });
    });

    test.each(wrongForms)("400: %j is of no form that there is", async (query) => {
      (await target.call(id, { query, mock: { status: 400 } })).json(400);
    });

    test.each(wrongPeriods)("400: %j is no period", async (query) => {
      (await target.call(id, { query, mock: { status: 400 } })).json(400);
    });

    test("401: wants a token", async () => {
      (await target.call(id, { token: null })).json(401);
    });

    test("404: not in a workspace that is not there, or another's", async () => {
      (await target.call(id, { query: { workspace: "nowhere" }, mock: { status: 404 } })).json(404);
      (await target.call(id, { query: { workspace: "default" }, token: teamToken, mock: { status: 404 } })).json(404);
    });
  });

  test("400: a limit of 0, or of 10⁹", async () => {
    for (const id of ["getWorkspaceStats", "getUserStats"] as const) {
      for (const limit of [0, 101, 1_000_000_000, "many"]) (await target.call(id, { query: { limit }, mock: { status: 400 } })).json(400);
    }
  });
});

describe("the server alone", () => {
  const server = useServer();

  test.each(wrongPeriods)("400: %j is told where it is wrong", async (query, paths) => {
    for (const id of operations) expect((await server.call(id, { query })).json(400).details.errors?.map(({ path }) => path)).toEqual(paths);
  });

  test.each(operations)("403: %s wants `stats:read`", async (id) => {
    const { secret: token } = (await server.call("createKey", { json: { label: "Without", permissions: ["messages:write"] } })).json(201);
    (await server.call(id, { token })).json(403);
  });
});

type Stats = BodyOf<"getStats", 200>;
type Totals = Stats["totals"];

const settings = { workspaces: [{ id: "team" }, { id: "other" }] };
const priced = { models: [{ id: "gpt-5-mini", price: { input: 3, output: 15 } }] };

const say = async (server: ServerTarget, json: object, token?: string) => (await server.call("sendMessage", { json: { message: "Hello there", ...json }, ...(token && { token }) })).json(200);
const statsOf = async (server: ServerTarget, request: CallRequest = {}): Promise<Stats> => (await server.call("getStats", request)).json(200);

/** A server of its own: sums are everybody's. */
async function ownServer(options: Parameters<typeof startServerTarget>[0] = {}): Promise<ServerTarget> {
  const server = await startServerTarget({ settings, provider: priced, ...options });
  onTestFinished(() => server.close());
  return server;
}

describe("what was used", () => {
  test("is counted in the very next answer, with what the settings say it costs", async () => {
    const server = await ownServer();
    const none = await statsOf(server);
    expect(none.totals).toEqual({ messages: 0, tokensIn: 0, tokensOut: 0, costUSD: 0, unpriced: 0, errors: 0, avgLatencyMs: 0, latencyMs: { p50: 0, p95: 0, p99: 0 }, uniqueUsers: 0 });
    expect(none.byModel).toEqual([]);
    expect(none.byDay).toHaveLength(30);

    const used = [await say(server, { workspace: "team", userId: "ada" }), await say(server, { workspace: "team", userId: "ada" }), await say(server, { workspace: "other", userId: "bob" }), await say(server, {})];
    const { totals, byDay, byModel, period } = await statsOf(server);
    const tokens = used.reduce((sum, { tokensUsed }) => sum + tokensUsed, 0);
    expect(totals).toMatchObject({ messages: 4, unpriced: 0, errors: 0, uniqueUsers: 3 });
    expect(totals.tokensIn + totals.tokensOut).toBe(tokens);
    expect(totals.costUSD).toBeCloseTo((totals.tokensIn * 3 + totals.tokensOut * 15) / 1e6, 9);
    expect(totals.avgLatencyMs).toBe(Math.round(used.reduce((sum, { latencyMs }) => sum + latencyMs, 0) / 4));
    expect(byDay.at(-1)).toEqual({ date: period.to, ...timedOf(totals) });
    expect(byModel).toEqual([{ model: expect.stringContaining("gpt-5-mini") as string, ...timedOf(totals) }]);
  });

  test("by workspace and by user, the dearest first, and no more than wanted", async () => {
    const server = await ownServer();
    const long = "word ".repeat(200);
    await say(server, { workspace: "team", userId: "ada" });
    await say(server, { workspace: "other", userId: "ada", message: long });
    await say(server, { workspace: "other", userId: "bob", message: long });
    const byWorkspace = (await server.call("getWorkspaceStats")).json(200);
    expect(byWorkspace.workspaces).toMatchObject([{ workspace: "other", messages: 2, uniqueUsers: 2 }, { workspace: "team", messages: 1, uniqueUsers: 1 }]);
    expect(byWorkspace.totals).toMatchObject({ messages: 3, uniqueUsers: 2 });
    expect((await server.call("getWorkspaceStats", { query: { limit: 1 } })).json(200)).toMatchObject({ totals: { messages: 3 }, workspaces: [{ workspace: "other" }] });
    const byUser = (await server.call("getUserStats")).json(200);
    expect(byUser.users).toMatchObject([{ userId: "ada", keyId: null, messages: 2 }, { userId: "bob", keyId: null, messages: 1 }]);
    expect((await server.call("getUserStats", { query: { workspace: "other", limit: 1 } })).json(200)).toMatchObject({ totals: { messages: 2, uniqueUsers: 2 }, users: [{ messages: 1 }] });
  });

  test("a message without a user counts its key as one", async () => {
    const server = await ownServer();
    const { id: keyId, secret } = (await server.call("createKey", { json: { label: "App", permissions: ["messages:write"] } })).json(201);
    await say(server, {}, secret);
    await say(server, {}, secret);
    expect((await server.call("getUserStats")).json(200).users).toMatchObject([{ userId: null, keyId, messages: 2 }]);
  });

  test("a key that is bound to a workspace sees what was used there, and nothing else", async () => {
    const server = await ownServer();
    await say(server, { workspace: "team", userId: "ada" });
    await say(server, { workspace: "other", userId: "bob" });
    expect((await statsOf(server, { token: teamToken })).totals).toMatchObject({ messages: 1, uniqueUsers: 1 });
    expect((await server.call("getWorkspaceStats", { token: teamToken })).json(200).workspaces).toMatchObject([{ workspace: "team" }]);
    expect((await server.call("getUserStats", { token: teamToken })).json(200).users).toMatchObject([{ userId: "ada" }]);
    (await server.call("getUserStats", { token: teamToken, query: { workspace: "other" } })).json(404);
  });

  test("in the period alone, on the day on which the turn ended", async () => {
    let now = Date.parse("2026-04-30T23:59:59Z");
    const server = await ownServer({ now: () => now });
    await say(server, {});
    now = Date.parse("2026-05-01T00:00:01Z");
    await say(server, {});
    await say(server, {});
    const { byDay } = await statsOf(server, { query: { from: "2026-04-29", to: "2026-05-02" } });
    expect(byDay.map(({ date, messages }) => [date, messages])).toEqual([["2026-04-29", 0], ["2026-04-30", 1], ["2026-05-01", 2], ["2026-05-02", 0]]);
    expect((await statsOf(server, { query: april })).totals.messages).toBe(1);
    expect((await statsOf(server)).period).toEqual({ from: "2026-04-02", to: "2026-05-01" });
  });
});

describe("a turn that is not answered", () => {
  test("is a message with an error when it fails; it used nothing when the model said nothing", async () => {
    const server = await ownServer();
    await say(server, {});
    const { totals: before } = await statsOf(server);
    (await server.call("sendMessage", { json: { message: "Tell me [500]" } })).json(502);
    const { totals, byModel } = await statsOf(server);
    expect(totals).toEqual({ ...before, messages: 2, errors: 1 });
    expect(byModel).toMatchObject([{ messages: 1, errors: 0 }, { model: null, messages: 1, errors: 1, tokensIn: 0, tokensOut: 0 }]);
  });

  test("counts with what the model had said, as estimated, when it is cut off", async () => {
    const server = await ownServer();
    const stream = await server.open("streamMessage", { json: { message: "Tell me [close-mid]" } });
    expect((await stream.rest()).at(-1)?.data).toMatchObject({ type: "error" });
    const { totals } = await statsOf(server);
    expect(totals).toMatchObject({ messages: 1, errors: 1, unpriced: 0, avgLatencyMs: 0 });
    for (const used of [totals.tokensIn, totals.tokensOut, totals.costUSD]) expect(used).toBeGreaterThan(0);
  });

  test("is no error when it was cancelled, and its run tells what it used", async () => {
    const server = await ownServer();
    const stream = await server.open("streamMessage", { json: { message: "Tell me [endless]" } });
    const runId = (await stream.next())?.id.split(":")[0] ?? "";
    await stream.next();
    (await server.call("cancelRun", { path: { runId } })).json(200);
    const { usage } = (await server.call("getRun", { path: { runId } })).json(200);
    const { totals } = await statsOf(server);
    expect(totals).toMatchObject({ messages: 1, errors: 0, tokensIn: usage?.inputTokens, tokensOut: usage?.outputTokens });
    expect(totals.tokensOut).toBeGreaterThan(0);
    const { events } = (await server.call("listEvents", { query: { types: "run.finished" } })).json(200);
    expect(events).toMatchObject([{ data: { runId, status: "cancelled", usage, costUSD: totals.costUSD } }]);
  });
});

test("a price that changes changes nothing of the past; without one, messages are counted as unpriced", async () => {
  const server = await ownServer();
  const setModels = (models: object[]) => server.call("updatePlainSettings", { json: { models: { providers: { openai: { models } } } } });
  await say(server, {});
  const { totals: first } = await statsOf(server);
  (await setModels([{ id: "gpt-5-mini", price: { input: 6, output: 30 } }])).json(200);
  await say(server, {});
  const { totals: second } = await statsOf(server);
  expect(second.costUSD).toBeCloseTo(first.costUSD * 3, 9);
  (await setModels([{ id: "gpt-5-mini" }])).json(200);
  await say(server, {});
  expect((await statsOf(server)).totals).toMatchObject({ messages: 3, costUSD: second.costUSD, unpriced: 1, tokensOut: first.tokensOut * 3 });
  const database = openBeside(server);
  onTestFinished(() => database.close());
  const versions = database.prepare("SELECT price_version FROM runs ORDER BY id").all().map((row) => row["price_version"]);
  expect(versions).toEqual([expect.stringMatching(/^[0-9a-f]{8}$/), expect.stringMatching(/^[0-9a-f]{8}$/), null]);
  expect(versions[0]).not.toBe(versions[1]);
});

test("deleting a session changes nothing, deleting its workspace takes it all away", async () => {
  const server = await ownServer();
  const { sessionId } = await say(server, { workspace: "team", userId: "only-here" });
  await say(server, { workspace: "team", userId: "here-and-there" });
  await say(server, { workspace: "other", userId: "here-and-there" });
  const { totals } = await statsOf(server);
  await server.call("deleteSession", { path: { sessionId } });
  expect((await statsOf(server)).totals).toEqual(totals);
  expect((await server.call("deleteWorkspace", { path: { workspaceId: "team" }, query: { force: "true" } })).status).toBe(204);
  expect((await statsOf(server)).totals).toMatchObject({ messages: 1, uniqueUsers: 1 });
  const database = openBeside(server);
  onTestFinished(() => database.close());
  expect(database.prepare("SELECT user_id FROM usage_users").all()).toEqual([{ user_id: "here-and-there" }]);
});

function timedOf({ latencyMs: _latency, uniqueUsers: _users, ...sums }: Totals) {
  return sums;
}
