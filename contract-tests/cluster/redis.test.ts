import { createServer, type AddressInfo, type Socket } from "node:net";
import { createClient } from "@redis/client";
import pino from "pino";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { createCluster } from "../../server/cluster/cluster.ts";
import type { Hold } from "../../server/cluster/port.ts";
import { lacks } from "../harness/lacks.ts";
import { agentsToken, startTestGateway, type TestGateway } from "../harness/gateway.ts";
import { startRedisServer, type RedisServer } from "../harness/redis-server.ts";

const lacksRedis = lacks("redis-server", "redis-server", ["--version"]);
const token = agentsToken;
const limit = { windowMs: 60_000, maxRequests: 5 };

/** A logger whose messages a test can read. */
function heard() {
  const lines: string[] = [];
  const log = pino({ level: "info" }, { write: (line: string) => void lines.push((JSON.parse(line) as { msg: string }).msg) });
  return { lines, log };
}

async function gatewayOn(url: string): Promise<TestGateway> {
  const gateway = await startTestGateway({ settings: { redis: { url }, api: { rateLimit: { perToken: limit } } } });
  onTestFinished(() => gateway.close());
  return gateway;
}

const remaining = async (gateway: TestGateway) => {
  const answer = await gateway.call("/api/v1/agents", { token });
  return answer.status === 200 ? Number(answer.headers.get("X-RateLimit-Remaining")) : answer.status;
};

/** As the owner, whose requests are not counted with the key's. */
const redisOf = async (gateway: TestGateway) => ((await (await gateway.call("/api/v1/health")).json()) as { redis: string; status: string });
const untilRedisIs = (gateway: TestGateway, state: string) => vi.waitFor(async () => expect((await redisOf(gateway)).redis).toBe(state), { timeout: 10_000, interval: 50 });

describe.skipIf(lacksRedis)("with Redis", () => {
  let redis: RedisServer;
  beforeEach(async () => {
    redis = await startRedisServer();
  });
  afterEach(() => redis.close());

  test("two gateways share a limit, and say that they are connected", async () => {
    const [one, other] = [await gatewayOn(redis.url), await gatewayOn(redis.url)];
    expect(await redisOf(one)).toMatchObject({ redis: "connected", status: "ok" });
    const told = [];
    for (let i = 0; i < 3; i++) told.push(await remaining(one), await remaining(other));
    expect(told).toEqual([4, 3, 2, 1, 0, 429]);
    const refused = await one.call("/api/v1/agents", { token });
    const wait = Number(refused.headers.get("Retry-After"));
    expect([refused.status, wait >= 55 && wait <= 60]).toEqual([429, true]);
  });

  test("two gateways share failed logins", async () => {
    const [one, other] = [await gatewayOn(redis.url), await gatewayOn(redis.url)];
    const guess = (gateway: TestGateway) => gateway.call("/api/v1/agents", { token: "oc_tok_a_guess" });
    const statuses = [];
    for (let i = 0; i < 6; i++) statuses.push((await guess(one)).status, (await guess(other)).status);
    expect(statuses).toEqual([...Array<number>(10).fill(401), 429, 429]);
  });

  test("a gateway goes on when it dies, and shares again when it is back", async () => {
    const gateway = await gatewayOn(redis.url);
    expect([await remaining(gateway), await remaining(gateway)]).toEqual([4, 3]);
    await redis.kill();
    // What is counted from now on is counted here alone, from the beginning.
    expect([await remaining(gateway), await remaining(gateway), await remaining(gateway)]).toEqual([4, 3, 2]);
    await untilRedisIs(gateway, "disconnected");
    expect((await redisOf(gateway)).status).toBe("degraded");
    await redis.start();
    await untilRedisIs(gateway, "connected");
    expect(await remaining(gateway)).toBe(4);
  });

  test("a gateway that finds none starts all the same, and takes it up when it is there", async () => {
    await redis.kill();
    const gateway = await gatewayOn(redis.url);
    expect(await remaining(gateway)).toBe(4);
    expect((await redisOf(gateway)).redis).toBe("disconnected");
    await redis.start();
    await untilRedisIs(gateway, "connected");
  });

  test("no request waits long for one that hangs, and only the first waits at all", async () => {
    const gateway = await gatewayOn(redis.url);
    await remaining(gateway);
    redis.pause();
    const began = performance.now();
    expect(await remaining(gateway)).toBe(4);
    expect(performance.now() - began).toBeGreaterThan(200);
    const then = performance.now();
    expect(await remaining(gateway)).toBe(3);
    expect(performance.now() - then).toBeLessThan(200);
    redis.resume();
    await untilRedisIs(gateway, "connected");
  });

  test("each change is logged once, however many requests notice it", async () => {
    const { lines, log } = heard();
    const cluster = await createCluster({ redisUrl: redis.url, log, now: Date.now });
    onTestFinished(() => cluster.close());
    await redis.kill();
    for (let i = 0; i < 20; i++) await cluster.windows.count("x", 1000);
    await vi.waitFor(() => expect(cluster.redis).toBe("disconnected"));
    await redis.start();
    await vi.waitFor(() => expect(cluster.redis).toBe("connected"), { timeout: 10_000 });
    expect(lines.map((line) => line.split(":")[0])).toEqual(["Redis is connected", "Redis does not answer", "Redis is connected"]);
  });

  test("one that takes nothing is as good as none", async () => {
    const { lines, log } = heard();
    const cluster = await createCluster({ redisUrl: redis.url, log, now: Date.now });
    onTestFinished(() => cluster.close());
    const other = createClient({ url: redis.url }).on("error", () => {});
    await other.connect();
    onTestFinished(() => other.destroy());
    await other.configSet("maxmemory", "1");
    expect((await cluster.windows.count("x", 1000)).count).toBe(1);
    expect(cluster.redis).toBe("disconnected");
    await other.configSet("maxmemory", "0");
    await vi.waitFor(() => expect(cluster.redis).toBe("connected"), { timeout: 10_000 });
    expect(lines).toHaveLength(3);
  });

  describe("tokens of a day", () => {
    const hold = (id: string, most: number): Hold => ({ id, day: "2026-11-21", accounts: [{ name: "key:a", limit: 100 }, { name: "global", limit: 150 }], least: 10, most });
    const clusters = async () => {
      const made = await Promise.all([1, 2].map(() => createCluster({ redisUrl: redis.url, log: pino({ level: "silent" }), now: Date.now, timeoutMs: 10_000 })));
      onTestFinished(() => made.forEach((cluster) => cluster.close()));
      return made.map(({ ledger }) => ledger);
    };

    test("are held for one instance and used by another in one account", async () => {
      const [one, other] = await clusters();
      const first = hold("a", 80);
      expect(await one!.hold(first)).toEqual({ held: 80 });
      expect(await other!.hold(hold("b", 80))).toEqual({ held: 20 });
      expect(await one!.hold(hold("c", 80))).toEqual({ refusedBy: { name: "key:a", limit: 100 }, used: 0, held: 100 });
      one!.settle(first, 30);
      expect(await one!.hold(hold("d", 80))).toEqual({ held: 50 });
    });

    test("that nobody but one account lacks are refused by that one", async () => {
      const [one, other] = await clusters();
      const spent = { ...hold("a", 145), accounts: [{ name: "global", limit: 150 }] };
      await one!.hold(spent);
      one!.settle(spent, 145);
      await vi.waitFor(async () => expect(await other!.hold(hold("b", 80))).toEqual({ refusedBy: { name: "global", limit: 150 }, used: 145, held: 0 }));
    });

    test("are not given out twice by a Redis that has lost its memory, or was away", async () => {
      const [one] = await clusters();
      const first = hold("a", 60);
      await one!.hold(first);
      await redis.kill();
      one!.settle(first, 60);
      const second = hold("b", 60);
      expect(await one!.hold(second)).toEqual({ held: 40 });
      one!.settle(second, 25);
      await redis.start();
      await vi.waitFor(async () => expect(await one!.hold(hold("c", 60))).toEqual({ held: 15 }), { timeout: 10_000 });
    });

    test("that were used before the start are told to it", async () => {
      const [one, other] = await clusters();
      one!.load("2026-11-21", new Map([["key:a", 70], ["global", 70]]));
      expect(await one!.hold(hold("a", 80))).toEqual({ held: 30 });
      expect(await other!.hold(hold("b", 80))).toEqual({ refusedBy: { name: "key:a", limit: 100 }, used: 70, held: 30 });
    });
  });
});

describe("with a Redis that takes the connection and never says a word", () => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => sockets.add(socket));
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  test("the gateway starts, counts by itself, and stops", async () => {
    const began = performance.now();
    const gateway = await gatewayOn(`redis://127.0.0.1:${(server.address() as AddressInfo).port}`);
    expect([await remaining(gateway), await remaining(gateway)]).toEqual([4, 3]);
    expect(await redisOf(gateway)).toMatchObject({ redis: "disconnected", status: "degraded" });
    expect(performance.now() - began).toBeLessThan(5000);
  });
});

test("without Redis a gateway says that it has none", async () => {
  const gateway = await startTestGateway();
  onTestFinished(() => gateway.close());
  expect(await redisOf(gateway)).toMatchObject({ redis: "disabled", status: "ok" });
});
