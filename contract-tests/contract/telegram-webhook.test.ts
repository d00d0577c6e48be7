import { gzipSync } from "node:zlib";
import pino from "pino";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTelegram } from "../../server/connectors/telegram/telegram.ts";
import type { Connector, InboundMessage, WebhookConnector } from "../../server/connectors/port.ts";
import { exchange } from "../harness/raw-exchange.ts";
import { startFakeTelegram, type FakeTelegram } from "../fakes/telegram/telegram.ts";
import { exampleRequest } from "./example-request.ts";
import { errorOf, expectNothingInternal } from "./error-of.ts";
import type { CallRequest } from "./target.ts";
import { useServer } from "./targets.ts";

const path = "/api/v1/channels/telegram/webhook";
const secret = "secret_of-the-tests";
const headers = { "X-Telegram-Bot-Api-Secret-Token": secret };
const json = { "Content-Type": "application/json" };

let connector: (WebhookConnector & Partial<ReturnType<typeof createTelegram>>) | null = null;
const received: InboundMessage[] = [];
let failure: Error | null = null;
let fake: FakeTelegram;
/** What the gateway takes for its connector is whichever one the test has now. */
const idle = { start() {}, async stop() {}, status: () => ({ state: "connected", since: 0, error: null }) };
const front = new Proxy(idle, {
  has: (own, name) => name in own || (connector !== null && name in connector),
  get: (own, name) => (own[name as keyof typeof own] as unknown) ?? (connector as Record<PropertyKey, unknown> | null)?.[name],
}) as unknown as Connector;
const server = useServer({ settings: { api: { security: { maxBodySize: "2KB" } }, channels: { telegram: { botToken: "123:abc" } } }, connectors: { telegram: async () => () => front } });

function start(webhook: { url: string; secret: string } | null) {
  const telegram = createTelegram({
    settings: { enabled: true, workspace: "default", botToken: fake.botToken, apiRoot: fake.apiRoot, webhook },
    events: {
      async received(message) {
        if (failure) throw failure;
        received.push(message);
      },
      changed() {},
    },
    log: pino({ level: "silent" }),
  });
  telegram.start();
  return telegram;
}

const call = (request: CallRequest = {}) => server.call("receiveTelegramUpdate", { token: null, ...request });

async function expectError(request: CallRequest, status: number, code: string) {
  const answer = await call(request);
  expect(answer.status, answer.text).toBe(status);
  expectNothingInternal(answer.text);
  expect(errorOf(JSON.parse(answer.text))).toMatchObject({ face: "api", code });
  expect(answer.text).not.toContain(secret);
  return answer;
}

beforeAll(async () => {
  fake = await startFakeTelegram();
});
afterAll(() => fake.close());

describe("with a webhook in the settings", () => {
  let telegram: ReturnType<typeof createTelegram>;
  beforeAll(async () => {
    telegram = start({ url: server.gateway.url + path, secret });
    connector = telegram;
    await fake.until(() => fake.webhook !== null);
  });
  afterAll(() => telegram.stop());
  beforeEach(() => {
    received.length = 0;
    failure = null;
  });

  test("204: a message is taken, and Telegram knows it", async () => {
    fake.receive({ text: "Hello" });
    await fake.until(() => fake.waiting === 0);
    expect(fake.webhookAnswers).toEqual([204]);
    expect(received).toMatchObject([{ text: "Hello", chatId: "1001" }]);
  });

  test("204: an update of a type that is not known, and one that is sent twice", async () => {
    expect((await call({ headers, json: { update_id: 7, something_new: { deep: [1] } } })).status).toBe(204);
    const { json: update } = exampleRequest("receiveTelegramUpdate");
    for (let count = 0; count < 2; count++) expect((await call({ headers, json: update })).status).toBe(204);
    expect(new Set(received.map(({ id }) => id)).size).toBe(1);
  });

  test.each(["{", "", "null", "[]", "{}", '{"update_id":"x"}', '{"update_id":1.5}'])("400: that is no update: %j", async (body) => {
    await expectError({ headers: { ...headers, ...json }, body }, 400, "bad_request");
  });

  test.each([{}, { "X-Telegram-Bot-Api-Secret-Token": "" }, { "X-Telegram-Bot-Api-Secret-Token": secret.toUpperCase() }])("401: without the secret: %j", async (wrong) => {
    await expectError({ headers: wrong, json: { update_id: 1 } }, 401, "unauthorized");
    expect(received).toEqual([]);
  });

  test("401: a wrong secret is refused before a byte of the body has come", async () => {
    const head = [`POST ${path} HTTP/1.1`, "Host: localhost", "Content-Type: application/json", "Content-Length: 2000", "Connection: close", "X-Telegram-Bot-Api-Secret-Token: wrong", "", ""].join("\r\n");
    expect((await exchange(server.gateway.url, head)).status).toBe(401);
  });

  test("413: more than the settings let in", async () => {
    await expectError({ headers, json: { update_id: 1, message: { text: "x".repeat(3000) } } }, 413, "payload_too_large");
  });

  test("415: no JSON, or compressed", async () => {
    await expectError({ headers: { ...headers, "Content-Type": "text/plain" }, body: "{}" }, 415, "unsupported_media_type");
    const packed = await server.gateway.call(path, { method: "POST", token: null, headers: { ...headers, ...json, "Content-Encoding": "gzip" }, body: gzipSync('{"update_id":1}') });
    expect(packed.status).toBe(415);
  });

  test("503: what could not be stored is sent again, and taken then", async () => {
    failure = new Error("the disk is full");
    const answer = await expectError({ headers, ...exampleRequest("receiveTelegramUpdate") }, 503, "service_unavailable");
    expect(Number(answer.headers.get("Retry-After"))).toBeGreaterThan(0);
    const before = fake.webhookAnswers.length;
    fake.receive({ text: "Again" });
    await fake.until(() => fake.webhookAnswers.length > before);
    failure = null;
    await fake.until(() => fake.waiting === 0);
    expect(fake.webhookAnswers.slice(before)).toEqual([...fake.webhookAnswers.slice(before, -1).map(() => 503), 204]);
    expect(received).toMatchObject([{ text: "Again" }]);
  });
});

test("404: without Telegram among the channels, and while it is polled", async () => {
  connector = null;
  await expectError({ headers, json: { update_id: 1 } }, 404, "not_found");
  const telegram = start(null);
  connector = telegram;
  await expectError({ headers, json: { update_id: 1 } }, 404, "not_found");
  await telegram.stop();
});

test("500: a crash behind it tells nothing", async () => {
  connector = { takeCallback: () => Promise.reject(new Error("in /tmp/secret.ts")) };
  await expectError({ headers, json: { update_id: 1 } }, 500, "internal_error");
});
