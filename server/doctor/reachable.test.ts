import { once } from "node:events";
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { checkPort } from "./check-port.ts";
import { checkProviders } from "./check-providers.ts";
import { checkRedis } from "./check-redis.ts";
import { examination, linesOf } from "./testing.ts";

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => sockets.add(socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

const serve = (listener: RequestListener): Promise<number> => listen(createHttpServer(listener));

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

describe("the port", () => {
  test.each([
    ["this gateway", 200, { version: "1.2.3" }, /^ok: The gateway 1\.2\.3 answers/],
    ["another version", 200, { version: "1.0.0" }, /^warning: The gateway at .* is 1\.0\.0, and this is 1\.2\.3\.$/],
    ["a gateway that refuses this address", 403, { error: "forbidden" }, /^ok: A gateway answers at .*, but does not let this machine in\.$/],
  ])("%s", async (_, status, body, expected) => {
    const port = await serve((_request, response) => response.writeHead(status, { "Content-Type": "application/json", "X-Request-Id": "req_1" }).end(JSON.stringify(body)));
    expect(linesOf(await checkPort(await examination({ gateway: { port } })))).toEqual([expect.stringMatching(expected)]);
  });

  test("another program", async () => {
    const port = await serve((_request, response) => response.end("hello"));
    expect(linesOf(await checkPort(await examination({ gateway: { port } })))).toEqual([`problem: Another program is at 127.0.0.1:${port}.`]);
  });

  test("nobody", async () => {
    const port = await freePort();
    const examined = await examination({ gateway: { port } });
    expect(linesOf(await checkPort(examined))).toEqual([`ok: 127.0.0.1:${port} is free, and no gateway runs there.`]);
    // It is as free as it was.
    expect(await checkPort(examined)).toMatchObject([{ level: "ok" }]);
  });

  test("an address that is not this machine's", async () => {
    const { settings, ...examined } = await examination();
    // Of a network that RFC 5737 keeps for documentation.
    const findings = await checkPort({ ...examined, settings: { ...settings!, http: { ...settings!.http, host: "192.0.2.1", port: 1024 } } });
    expect(linesOf(findings)).toEqual([expect.stringMatching(/^problem: The gateway cannot listen at 192\.0\.2\.1:1024: .*EADDRNOTAVAIL/)]);
  });
});

describe("providers", () => {
  const secret = "sk-the-secret-of-the-provider";

  function provider(keys: readonly string[] = [secret]): Promise<number> {
    return serve((request, response) => {
      const isKnown = keys.some((key) => request.headers.authorization === `Bearer ${key}`);
      response.writeHead(isKnown ? 200 : 401, { "Content-Type": "application/json" });
      response.end(JSON.stringify(isKnown ? { object: "list", data: [{ id: "small", object: "model" }] } : { error: { message: `Incorrect API key: ${secret}`, type: "invalid_request_error" } }));
    });
  }

  const settingsFor = (port: number, rest: object = {}) => ({ models: { providers: { local: { type: "openai", baseUrl: `http://127.0.0.1:${port}/v1`, apiKey: secret } }, ...rest } });

  test("none: the embedded model", async () => {
    expect(await checkProviders(await examination())).toMatchObject([{ level: "ok" }]);
    expect(await checkProviders(await examination({ models: { default: "openai/x" } }))).toMatchObject([{ level: "warning" }]);
  });

  test("one that answers, with its models and those of the agents", async () => {
    const settings = { ...settingsFor(await provider(), { default: "local/small" }), agents: { default: "main", list: [{ id: "main", model: "small" }, { id: "other", model: "local/large" }] } };
    expect(linesOf(await checkProviders(await examination(settings)))).toEqual([
      "ok: The provider local answers, and has 1 model.",
      "ok: The default model, local/small, is there.",
      "ok: The model of the agent main, small, is there.",
      "warning: The model of the agent other, local/large, is not in the list of any provider.",
    ]);
  });

  test("one that refuses the key, which is not told", async () => {
    const findings = await checkProviders(await examination(settingsFor(await provider([]), { default: "local/small" })));
    expect(linesOf(findings)).toEqual(["problem: The provider local refused the gateway's credentials for it."]);
    expect(JSON.stringify(findings)).not.toContain(secret);
  });

  test("one that is not there", async () => {
    expect(await checkProviders(await examination(settingsFor(await freePort())))).toMatchObject([{ level: "problem" }]);
  });
});

describe("Redis", () => {
  /** Answers each command, an array of RESP, as it answers PING; a password that is given is wrong. */
  function redis(): Promise<number> {
    return listen(
      createServer((socket) => {
        socket.on("error", () => {});
        socket.on("data", (data) => {
          const text = data.toString();
          for (const [command] of text.matchAll(/^\*\d+\r\n(?:\$\d+\r\n[^\r]*\r\n)+/gm)) socket.write(/AUTH/i.test(command) ? "-WRONGPASS invalid username-password pair\r\n" : "+PONG\r\n");
        });
      }),
    );
  }

  test("not set: nothing to say", async () => {
    expect(await checkRedis(await examination())).toEqual([]);
  });

  test("one that answers", async () => {
    const port = await redis();
    expect(linesOf(await checkRedis(await examination({ redis: { url: `redis://127.0.0.1:${port}` } })))).toEqual([`ok: Redis answers at 127.0.0.1:${port}.`]);
  });

  test("one that refuses the password, which is not told", async () => {
    const port = await redis();
    const findings = await checkRedis(await examination({ redis: { url: `redis://:the-password@127.0.0.1:${port}` } }));
    expect(linesOf(findings)).toEqual([expect.stringMatching(/^problem: Redis at 127\.0\.0\.1:\d+ cannot be used: WRONGPASS/)]);
    expect(JSON.stringify(findings)).not.toContain("the-password");
  });

  test("one that is not there", async () => {
    const port = await freePort();
    expect(linesOf(await checkRedis(await examination({ redis: { url: `redis://127.0.0.1:${port}` } })))).toEqual([`problem: Redis at 127.0.0.1:${port} cannot be used: ECONNREFUSED.`]);
  });
});
