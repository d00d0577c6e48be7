import { OpenClawClient, type Deprecation } from "@openclaw/sdk";
import { expect, test } from "vitest";

function clientOf(headers: Record<string, string>) {
  const told: Deprecation[] = [];
  const client = new OpenClawClient({
    token: "t",
    fetch: async () => Response.json({ status: "ok", agents: [] }, { headers }),
    onDeprecated: (deprecation) => told.push(deprecation),
  });
  return { client, told };
}

test("an operation that goes away is told of once, with its days and its page", async () => {
  const { client, told } = clientOf({ Deprecation: "@1793491200", Sunset: "Sat, 01 May 2027 00:00:00 GMT", Link: '</next>; rel="next", <https://example.com/agents>; rel="deprecation"; type="text/html"' });
  for (let round = 0; round < 3; round++) await client.call("listAgents");
  await client.call("getHealth");
  const facts = { since: new Date("2026-11-01T00:00:00Z"), sunset: new Date("2027-05-01T00:00:00Z"), link: "https://example.com/agents" };
  expect(told).toEqual([
    { operation: "listAgents", ...facts },
    { operation: "getHealth", ...facts },
  ]);
});

test("without an end or a page it is told without them", async () => {
  const { client, told } = clientOf({ Deprecation: "@1793491200" });
  await client.call("listAgents");
  expect(told).toEqual([{ operation: "listAgents", since: new Date("2026-11-01T00:00:00Z") }]);
});

test("of all others nothing is told", async () => {
  const { client, told } = clientOf({ Sunset: "Sat, 01 May 2027 00:00:00 GMT" });
  await client.call("listAgents");
  expect(told).toEqual([]);
});

test("an error answer tells, and so does a stream", async () => {
  const told: string[] = [];
  const client = new OpenClawClient({
    fetch: async () => Response.json({ error: "not_found", message: "No.", status: 404, details: {}, requestId: "req_1" }, { status: 404, headers: { Deprecation: "@1793491200" } }),
    onDeprecated: ({ operation }) => told.push(operation),
  });
  await expect(client.call("listAgents")).rejects.toMatchObject({ status: 404 });
  await expect(client.chatStream({ message: "Hello", agentId: "main" })[Symbol.asyncIterator]().next()).rejects.toMatchObject({ status: 404 });
  expect(told).toEqual(["listAgents", "streamChat"]);
});
