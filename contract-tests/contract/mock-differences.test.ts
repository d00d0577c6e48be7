import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startMock } from "../mock/start-mock.ts";
import { startTestMock } from "../mock/start-own-mock.ts";
import { startTestGateway, ownerToken } from "../harness/gateway.ts";

// Where `openclaw mock` and Prism differ. Prism shows the contract's example of an error, or a face of its own; ours is the
// gateway's own way in, so the gateway is asked the same, and answers alike.

type Served = { url: string; close(): Promise<void> };
const served: Record<"prism" | "own" | "gateway", Served> = {} as never;

beforeAll(async () => {
  [served.prism, served.own, served.gateway] = await Promise.all([startMock(), startTestMock(), startTestGateway()]);
});
afterAll(() => Promise.all(Object.values(served).map((server) => server.close())));

interface Request extends RequestInit {
  path: string;
}

async function ask(name: keyof typeof served, { path, headers, ...init }: Request) {
  const response = await fetch(served[name].url + path, { ...init, headers: { Authorization: `Bearer ${ownerToken}`, ...(headers as Record<string, string>) } });
  const body = (await response.json()) as Record<string, unknown>;
  const { requestId: _, ...rest } = body;
  return { status: response.status, mediaType: response.headers.get("Content-Type")?.split(";")[0], body: rest };
}

const json = { "Content-Type": "application/json" };

const cases: { name: string; request: Request; prism: { status: number; mediaType: string; body?: unknown } }[] = [
  {
    name: "a body with faults: all of them, and not the example's",
    request: { path: "/api/v1/chat", method: "POST", headers: json, body: '{"massage":"Hello"}' },
    prism: { status: 400, mediaType: "application/json" },
  },
  {
    name: "a body of another media type",
    request: { path: "/api/v1/chat", method: "POST", headers: { "Content-Type": "text/plain" }, body: "Hello" },
    prism: { status: 415, mediaType: "application/json" },
  },
  { name: "a path that there is not", request: { path: "/api/v1/nothing" }, prism: { status: 404, mediaType: "application/problem+json" } },
  { name: "a method that there is not", request: { path: "/api/v1/agents", method: "PUT" }, prism: { status: 405, mediaType: "application/problem+json" } },
];

describe.each(cases)("$name", ({ request, prism }) => {
  test("ours answers as the gateway does", async () => {
    expect(await ask("own", request)).toEqual(await ask("gateway", request));
  });

  test("Prism does not", async () => {
    const answer = await ask("prism", request);
    expect(answer).toMatchObject(prism);
    expect(answer.body).not.toEqual((await ask("own", request)).body);
  });
});

test("a status or an example that the contract lacks: Prism makes 404 or another answer of it, ours a 400 that says what there is", async () => {
  const request = { path: "/api/v1/agents", headers: { Prefer: "code=418" } };
  expect((await ask("prism", request)).mediaType).toBe("application/problem+json");
  expect(await ask("own", request)).toMatchObject({ status: 400, body: { error: "bad_request" } });
});

test("what the path names: ours names it again, Prism the example's", async () => {
  const request = { path: "/api/v1/runs/run_mine" };
  expect((await ask("prism", request)).body).toMatchObject({ id: "run_0199c0ffee" });
  expect((await ask("own", request)).body).toMatchObject({ id: "run_mine" });
});
