import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type Reaction, startWebhookReceiver, type WebhookReceiver } from "../../contract-tests/fakes/webhook-receiver.ts";
import { createGuardedAgent, type GuardOptions } from "../network/guarded-agent.ts";
import { send } from "./send.ts";

const signed = { body: '{"id":"evt_1"}', headers: { "content-type": "application/json" } };

async function attempt(url: string, { timeoutMs = 5000, ...guard }: Partial<GuardOptions> & { timeoutMs?: number } = {}) {
  const agent = createGuardedAgent({ allowPrivate: ["127.0.0.1"], ...guard });
  onTestFinished(() => agent.close());
  return send({ agent, url, signed, timeoutMs, signal: new AbortController().signal });
}

async function receiverWith(react: Reaction): Promise<WebhookReceiver> {
  const receiver = await startWebhookReceiver({ react });
  onTestFinished(() => receiver.close());
  return receiver;
}

test.each([200, 201, 204])("%i is a success", async (status) => {
  const { url } = await receiverWith((_delivery, response) => void response.writeHead(status).end());
  expect(await attempt(url)).toEqual({ status, error: null, retryAfterMs: null });
});

test.each([400, 404, 410, 500, 503])("%i is a failure", async (status) => {
  const { url } = await receiverWith((_delivery, response) => void response.writeHead(status, { "Retry-After": "7" }).end("no"));
  expect(await attempt(url)).toEqual({ status, error: `It answered ${status}.`, retryAfterMs: 7000 });
});

test.each([301, 302, 303, 307, 308])("a redirect (%i) is not followed", async (status) => {
  const receiver = await receiverWith((_delivery, response) => void response.writeHead(status, { Location: "/elsewhere" }).end());
  expect(await attempt(receiver.url)).toMatchObject({ status, error: expect.stringContaining("redirects are not followed") });
  expect(receiver.received.map(({ path }) => path)).toEqual(["/hook"]);
});

test("an endpoint that does not answer, and one whose answer does not end", async () => {
  const silent = await receiverWith(() => {});
  expect(await attempt(silent.url, { timeoutMs: 100 })).toMatchObject({ status: null, error: "There was no whole answer within 100 ms." });
  const endless = await receiverWith((_delivery, response) => void response.writeHead(200).write("and"));
  expect(await attempt(endless.url, { timeoutMs: 300 })).toMatchObject({ error: "There was no whole answer within 300 ms." });
});

test("of an answer of 10 MB only the beginning is read", async () => {
  let sent = 0;
  const { url } = await receiverWith(async (_delivery, response) => {
    response.writeHead(200);
    const closed = once(response, "close");
    const chunk = Buffer.alloc(65_536, "x");
    for (sent = 0; sent < 10_000_000 && !response.destroyed; sent += chunk.length) {
      if (!response.write(chunk)) await Promise.race([once(response, "drain"), closed]);
    }
    response.end();
  });
  expect(await attempt(url)).toMatchObject({ status: 200, error: null });
  expect(sent).toBeLessThan(8_000_000);
});

test("nobody listens, and a connection that is cut", async () => {
  const closed = await startWebhookReceiver();
  await closed.close();
  expect((await attempt(closed.url)).error).toBe("The connection was refused.");
  const cutting = await receiverWith((_delivery, response) => void response.destroy());
  expect((await attempt(cutting.url)).error).toMatch(/^The connection broke off/);
});

test("the password of an address is sent as one", async () => {
  const receiver = await receiverWith((_delivery, response) => void response.writeHead(204).end());
  await attempt(receiver.url.replace("://", "://ada:love%20lace@"));
  expect(receiver.received[0]?.headers.authorization).toBe(`Basic ${Buffer.from("ada:love lace").toString("base64")}`);
});

describe("addresses that may not be reached", () => {
  const forbidden = "Its host is, or leads to, a private address, which the settings do not allow (network.allowPrivate).";

  test.each(["http://127.0.0.1:8080/", "http://169.254.169.254/latest/meta-data", "http://[::1]/", "http://0x7f000001/", "http://10.0.0.1/"])("%s", async (url) => {
    expect(await attempt(url, { allowPrivate: [] })).toEqual({ status: null, error: forbidden, retryAfterMs: null });
  });

  test("a name that leads to one", async () => {
    expect((await attempt("http://hooks.example/", { allowPrivate: [], resolve: (_host, _options, callback) => callback(null, [{ address: "192.168.1.1", family: 4 }]) })).error).toBe(forbidden);
  });

  test("a name that is looked up to something else when it is connected to (DNS rebinding)", async () => {
    const receiver = await receiverWith((_delivery, response) => void response.writeHead(204).end());
    let lookups = 0;
    const resolve: GuardOptions["resolve"] = (_host, _options, callback) => callback(null, [{ address: ++lookups === 1 ? "127.0.0.1" : "127.0.0.2", family: 4 }]);
    // The one look-up decides and is connected to; a second answer is judged by itself.
    const url = `http://hooks.example:${receiver.port}/`;
    expect((await attempt(url, { allowPrivate: ["127.0.0.1"], resolve })).error).toBeNull();
    expect(lookups).toBe(1);
    expect((await attempt(url, { allowPrivate: ["127.0.0.1"], resolve })).error).toBe(forbidden);
    expect(receiver.received).toHaveLength(1);
  });

  test("a name that is none", async () => {
    const notFound = Object.assign(new Error("getaddrinfo ENOTFOUND"), { code: "ENOTFOUND" });
    expect((await attempt("http://hooks.example/", { resolve: (_host, _options, callback) => callback(notFound, []) })).error).toBe("The host's name could not be resolved.");
  });
});

describe("a certificate that nobody vouches for", () => {
  let receiver: WebhookReceiver;
  const folder = mkdtempSync(join(tmpdir(), "openclaw-certificate-"));
  beforeAll(async () => {
    const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
    execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1", "-subj", "/CN=127.0.0.1", "-keyout", key, "-out", cert], { stdio: "ignore" });
    receiver = await startWebhookReceiver({ tls: { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") } });
  });
  afterAll(async () => {
    await receiver.close();
    rmSync(folder, { recursive: true });
  });

  test("is refused, and nothing is sent", async () => {
    expect((await attempt(receiver.url)).error).toMatch(/^Its TLS certificate or handshake was refused \(DEPTH_ZERO_SELF_SIGNED_CERT\)\.$/);
    expect(receiver.received).toEqual([]);
  });
});
