import { beforeAll, describe, expect, test, vi } from "vitest";
import { ConnectorError } from "../../server/connectors/port.ts";
import { patience, scriptedPlatform } from "../fakes/scripted-connector.ts";
import { teamToken } from "../harness/gateway.ts";
import { crashCopy } from "../channels/channel-gateway.ts";
import { freshId } from "./ids.ts";
import { startServerTarget } from "./server-target.ts";
import { describeTargets, useServer } from "./targets.ts";

const sends = [
  { id: "sendToChannel" as const, to: (chatId: string) => ({ chatId }) },
  { id: "sendPlainMessage" as const, to: (userId: string) => ({ userId }) },
];

describe("the contract", () => {
  const platform = scriptedPlatform();
  describeTargets(
    (target) => {
      test.each(["listChannels", "listPlainChannels"] as const)("200: %s", async (id) => {
        const { channels } = (await target.call(id)).json(200);
        expect(channels[0]).toMatchObject({ name: "telegram", workspace: "default", messagesReceived: expect.any(Number), messagesSent: expect.any(Number) });
      });

      test.each(["listChannels", "listPlainChannels"] as const)("400: %s of a page that cannot be", async (id) => {
        (await target.call(id, { query: { limit: 0 } })).json(400);
        (await target.call(id, { query: { cursor: "elsewhere" }, mock: { status: 400 } })).json(400);
      });

      describe.each(sends)("$id", ({ id, to }) => {
        test("200: the platform's receipt", async () => {
          if (target.name === "server") await platform.untilConnected();
          const answer = (await target.call(id, { json: { channel: "telegram", ...to("123456789"), message: "Hello from API!" } })).json(200);
          expect(answer).toMatchObject({ status: "sent", messageId: expect.stringMatching(/./), channel: "telegram", parts: 1 });
        });

        test.each([{ channel: "" }, { channel: 7 }, { ...to("") }, { message: "" }, { message: "x".repeat(100_001) }, { message: undefined }, { urgent: true }])("400: refuses %j", async (wrong) => {
          (await target.call(id, { json: { channel: "telegram", ...to("1"), message: "Hello", ...wrong } })).json(400);
        });

        test("404: no such channel", async () => {
          const { status } = await target.call(id, { json: { channel: "discord", ...to("1"), message: "Hello" }, mock: { status: 404 } });
          expect(status).toBe(404);
        });
      });
    },
    { connectors: platform.connectors, settings: { channels: { telegram: { botToken: "123:abc" } } } },
  );
});

describe("sending", () => {
  const platform = scriptedPlatform({ maxTextLength: 200 });
  const slack = scriptedPlatform({ channel: "slack" });
  const server = useServer({
    connectors: { ...platform.connectors, ...slack.connectors },
    settings: { channels: { telegram: { botToken: "123:abc" }, slack: { botToken: "xoxb-1", appToken: "xapp-1", workspace: "team" }, discord: { enabled: false } } },
  });
  beforeAll(() => Promise.all([platform.untilConnected(), slack.untilConnected()]));

  const message = (more: object = {}) => ({ channel: "telegram", chatId: "7", message: "Hello", ...more });

  test("goes to the chat, letter by letter; in the plain edition to a person, with the channel before the id or not", async () => {
    const first = (await server.call("sendToChannel", { json: message({ message: "*not* bold" }) })).json(200);
    expect(platform.sent.at(-1)).toMatchObject({ chatId: "7", text: "*not* bold", format: "plain", messageId: first.messageId });
    for (const userId of ["8", "telegram:8"]) {
      expect((await server.call("sendPlainMessage", { json: { channel: "telegram", userId, message: "Hi" } })).json(200).chatId).toBe("8");
    }
    expect(platform.texts("8")).toEqual(["Hi", "Hi"]);
  });

  test("a long text goes out in parts; the first one's id is answered", async () => {
    const before = platform.sent.length;
    const answer = (await server.call("sendToChannel", { json: message({ message: "word ".repeat(100) }) })).json(200);
    expect(answer).toMatchObject({ parts: 3, messageId: platform.sent[before]!.messageId });
    expect(platform.sent).toHaveLength(before + 3);
  });

  test("502: the platform's reason, when it refuses", async () => {
    for (const { id, to } of sends) {
      platform.failNext("send", new ConnectorError("refused", "chat not found"));
      const { text } = await server.call(id, { json: { channel: "telegram", ...to("7"), message: "Hello" } });
      expect(text).toContain("Telegram refused the message: chat not found.");
    }
    platform.failNext("send", new ConnectorError("refused", "chat not found"));
    expect((await server.call("sendToChannel", { json: message() })).json(502)).toMatchObject({ error: "provider_error", details: { channel: "telegram", reason: "chat not found" } });
  });

  test("502: says how many parts got out when a later one fails", async () => {
    platform.failNext("send", Promise.resolve(), new ConnectorError("unavailable", "Too Many Requests", { retryAfterMs: 60_000 }));
    const { details, message: said } = (await server.call("sendToChannel", { json: message({ message: "word ".repeat(100) }) })).json(502);
    expect(details).toMatchObject({ partsSent: 1, parts: 3, messageId: platform.sent.at(-1)!.messageId });
    expect(said).toContain("1 of 3 parts");
  });

  test("502: says that it may have been delivered, and does not try again, when the connection breaks", async () => {
    const before = platform.sent.length;
    platform.failNext("send", new ConnectorError("unknown", "socket hang up"));
    expect((await server.call("sendToChannel", { json: message() })).json(502)).toMatchObject({ details: { mayBeDelivered: true }, message: expect.stringContaining("may have been delivered") });
    expect(platform.sent).toHaveLength(before);
  });

  test("waits a little for a platform that says when; 503 with Retry-After where that is too long", async () => {
    platform.failNext("send", new ConnectorError("unavailable", "Too Many Requests", { retryAfterMs: 5 }));
    (await server.call("sendToChannel", { json: message() })).json(200);
    platform.failNext("send", new ConnectorError("unavailable", "Too Many Requests", { retryAfterMs: 30_000 }));
    const answer = await server.call("sendToChannel", { json: message() });
    expect([answer.json(503).error, answer.headers.get("Retry-After")]).toEqual(["service_unavailable", "30"]);
  });

  test("503 with Retry-After: switched off, and not connected", async () => {
    for (const { id, to } of sends) {
      const off = await server.call(id, { json: { channel: "discord", ...to("7"), message: "Hello" } });
      expect([off.status, Number(off.headers.get("Retry-After"))]).toEqual([503, 60]);
    }
    platform.become("connecting", "the connection was lost");
    const lost = await server.call("sendToChannel", { json: message() });
    platform.become("connected");
    expect(lost.json(503).message).toContain("the connection was lost.");
  });

  test("400: nothing but blanks", async () => {
    expect((await server.call("sendToChannel", { json: message({ message: " \n " }) })).json(400).details.errors?.[0]?.path).toBe("/message");
  });

  test("404: a key that is bound to workspaces sees and uses the channels of those alone", async () => {
    const own = (await server.call("listChannels", { token: teamToken })).json(200).channels;
    expect(own.map(({ name }) => name)).toEqual(["slack"]);
    const { details } = (await server.call("sendToChannel", { token: teamToken, json: message() })).json(404);
    expect(details).toEqual({ channels: ["slack"] });
    expect((await server.call("getApiHealth", { token: teamToken })).json(200).channels).toEqual({ slack: "connected" });
  });

  test("pages of the list", async () => {
    const first = (await server.call("listChannels", { query: { limit: 2 } })).json(200);
    const rest = (await server.call("listChannels", { query: { limit: 2, cursor: first.nextCursor ?? "" } })).json(200);
    expect([...first.channels, ...rest.channels].map(({ name, status }) => [name, status])).toEqual([["discord", "disabled"], ["slack", "connected"], ["telegram", "connected"]]);
  });

  test("the health shows the channels as they are", async () => {
    const channels = { slack: "connected", telegram: "connected" };
    expect((await server.call("getHealthDetail")).json(200).channels).toEqual(channels);
    expect((await server.call("getPlainStatus")).json(200).channels).toEqual(channels);
  });

  test("429: the conversations edition's own word for it", async () => {
    const { secret: token } = (await server.call("createKey", { json: { label: "Slow", permissions: ["channels:send"], rateLimit: 1 } })).json(201);
    (await server.call("sendToChannel", { token, json: message() })).json(200);
    expect((await server.call("sendToChannel", { token, json: message() })).json(429).error).toBe("rate_limit_exceeded");
  });
});

describe("sending with an Idempotency-Key", () => {
  const platform = scriptedPlatform();
  const server = useServer({ connectors: platform.connectors, settings: { channels: { telegram: { botToken: "123:abc" } } } });
  beforeAll(() => platform.untilConnected());
  const asked = () => ({ json: { channel: "telegram", chatId: "7", message: "Hello" }, headers: { "Idempotency-Key": freshId("key") } });

  test("sends once, and answers the same again", async () => {
    const request = asked();
    const first = (await server.call("sendToChannel", request)).json(200);
    const count = platform.sent.length;
    expect((await server.call("sendToChannel", request)).json(200)).toEqual(first);
    expect(platform.sent).toHaveLength(count);
  });

  test("what the platform may have is not sent again; what it could not take is", async () => {
    const request = asked();
    platform.failNext("send", new ConnectorError("unknown", "cut"));
    (await server.call("sendToChannel", request)).json(502);
    (await server.call("sendToChannel", request)).json(502);
    const another = asked();
    platform.failNext("send", new ConnectorError("unavailable", "busy"));
    (await server.call("sendToChannel", another)).json(503);
    (await server.call("sendToChannel", another)).json(200);
  });

  test("409 after a crash: it is not known whether it was delivered, and it is not sent again", async () => {
    const request = asked();
    const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
    platform.failNext("send", held);
    const cutOff = server.call("sendToChannel", request);
    await vi.waitFor(async () => (await server.call("sendToChannel", request)).json(409), patience);
    const after = scriptedPlatform();
    const next = await startServerTarget({ connectors: after.connectors, stateDir: await crashCopy(server), settings: { channels: { telegram: { botToken: "123:abc" } } } });
    const { message, details } = (await next.call("sendToChannel", request)).json(409);
    expect([message, details]).toEqual([expect.stringContaining("not known whether the first request was delivered"), { mayBeDelivered: true }]);
    expect(after.sent).toEqual([]);
    await next.close();
    letGo();
    await cutOff;
  });
});

describe("the tool `send`", () => {
  const platform = scriptedPlatform({ channel: "slack" });
  const agents = { default: "main", list: [{ id: "main", name: "Main", tools: ["send"] }] };
  const channels = { slack: { botToken: "xoxb-1", appToken: "xapp-1" } };
  const server = useServer({ connectors: platform.connectors, settings: { channels, agents, tools: { allow: ["*", "send"] } } });
  beforeAll(() => platform.untilConnected());
  const said = async (json: object, token?: string) => {
    const answer = (await server.call("chat", { json: { conversationId: null, ...json }, ...(token && { token }) })).json(200);
    return "content" in answer ? answer.content : "";
  };

  test("lets an agent write to a chat by a channel of its workspace, and no other", async () => {
    const message = 'call send {"channel":"slack","chatId":"C1","message":"**Done**"}';
    expect(await said({ message })).toMatch(/^The tool says: Sent as message m\d/);
    expect(platform.sent.at(-1)).toMatchObject({ chatId: "C1", text: "**Done**", format: "markdown" });
    const elsewhere = (await server.call("sendMessage", { json: { workspace: "team", userId: "u", message } })).json(200);
    expect(elsewhere.response).toContain("There is no channel `slack`");
  });

  test("tells the agent why it did not get out", async () => {
    platform.failNext("send", new ConnectorError("refused", "not_in_channel"));
    expect(await said({ message: 'call send {"channel":"slack","chatId":"C1","message":"Hello"}' })).toContain("Slack refused the message: not_in_channel.");
  });

  test("writes nothing in a turn whose key lacks `channels:send`, and tells the agent so", async () => {
    const { secret: token } = (await server.call("createKey", { json: { label: "Talks", permissions: ["messages:write"] } })).json(201);
    const before = platform.sent.length;
    expect(await said({ message: 'call send {"channel":"slack","chatId":"C1","message":"Hello"}' }, token)).toContain("lacks the permission `channels:send`");
    expect(platform.sent.slice(before)).toEqual([]);
  });

  test("wants `channels:send` of a key that calls it itself", async () => {
    const { secret: token } = (await server.call("createKey", { json: { label: "Tools", permissions: ["tools:invoke"] } })).json(201);
    const request = { path: { name: "send" }, json: { params: { channel: "slack", chatId: "C1", message: "Hello" } } };
    expect((await server.call("invokeTool", { ...request, token })).json(403).error.details).toEqual({ permission: "channels:send" });
    (await server.call("invokeTool", request)).json(200);
  });
});

describe("`deliver` of a cron job", () => {
  const platform = scriptedPlatform();
  const server = useServer({ connectors: platform.connectors, settings: { channels: { telegram: { botToken: "123:abc" } } } });
  beforeAll(() => platform.untilConnected());
  const deliver = { channel: "telegram", to: "7" };
  const job = { everyMs: 86_400_000, message: "What is on?", deliver };
  const lastRun = async (jobId: string) => (await server.call("listCronRuns", { path: { jobId } })).json(200).runs[0];

  test("sends the answer to the chat", async () => {
    const { id: jobId, deliver: shown } = (await server.call("createCronJob", { json: job })).json(201);
    expect(shown).toEqual(deliver);
    (await server.call("runCronJob", { path: { id: jobId } })).json(202);
    await vi.waitFor(async () => expect(await lastRun(jobId)).toMatchObject({ status: "completed", error: null }), patience);
    expect(platform.sent.at(-1)).toMatchObject({ chatId: "7", text: "You said: What is on?", format: "markdown" });
    expect((await server.call("updateCronJob", { path: { jobId }, json: { deliver: null } })).json(200).deliver).toBeNull();
  });

  test("what keeps it from getting out is in the job's history", async () => {
    const { id: jobId } = (await server.call("createCronJob", { json: { ...job, deliver: { channel: "slack", to: "#team" } } })).json(201);
    (await server.call("runCronJob", { path: { id: jobId } })).json(202);
    await vi.waitFor(async () => expect(await lastRun(jobId)).toMatchObject({ status: "completed", error: expect.stringContaining("There is no channel `slack`") }), patience);
  });

  test("403: a key without `channels:send` can neither make nor change such a job", async () => {
    const { secret: token } = (await server.call("createKey", { json: { label: "Cron", permissions: ["cron:write"] } })).json(201);
    expect((await server.call("createCronJob", { token, json: job })).json(403).details).toEqual({ permission: "channels:send" });
    const { id: jobId } = (await server.call("createCronJob", { json: job })).json(201);
    (await server.call("updateCronJob", { token, path: { jobId }, json: { message: "Mine now" } })).json(403);
  });
});
