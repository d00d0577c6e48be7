import { OpenClawClient } from "@openclaw/sdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestMock } from "../../../contract-tests/mock/start-own-mock.ts";

// The faults of `openclaw mock`, as an integrator asks for them, and the SDK that gets over them.

let mock: Awaited<ReturnType<typeof startTestMock>>;
beforeAll(async () => {
  mock = await startTestMock();
});
afterAll(() => mock.close());

/** A client each of whose requests prefers something. */
function preferring(preference: string) {
  const statuses: number[] = [];
  const client = new OpenClawClient({
    baseUrl: mock.url,
    token: crypto.randomUUID(),
    async fetch(input, init) {
      const headers = new Headers(init?.headers);
      headers.set("Prefer", preference);
      const response = await fetch(input, { ...init, headers });
      statuses.push(response.status);
      return response;
    },
  });
  return { client, statuses };
}

test("a stream that is cut after every third event is read whole", async () => {
  const whole = await Array.fromAsync(preferring("rate=0").client.stream("calculate 2+2"));
  const { client, statuses } = preferring("cut-after=3");
  expect(await Array.fromAsync(client.stream("calculate 2+2"))).toEqual(whole);
  expect(statuses).toEqual([200, 200, 200]);
});

test("a 503 that passes is not seen by the caller", async () => {
  const { client, statuses } = preferring("code=503, times=1, retry-after=0");
  expect((await client.agents.list()).agents).toHaveLength(1);
  expect(statuses).toEqual([503, 200]);
});
