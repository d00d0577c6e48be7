import { describe, expect, test } from "vitest";
import type { Target } from "./target.ts";
import { useServer } from "./targets.ts";

// Lists by pages: complete, in order, nothing twice, whatever the size of the page.

const count = 7;

async function makeSessions(server: Target): Promise<void> {
  await server.call("deleteSessions", { query: { workspace: "default" } });
  for (let index = 0; index < count; index++) (await server.call("chat", { json: { agentId: "my-agent", message: `Hello ${index}` } })).json(200);
}

describe.each([
  { id: "listSessions", path: {} },
  { id: "listAgentSessions", path: { agentId: "my-agent" } },
  { id: "listConversations", path: {} },
  { id: "listPlainSessions", path: {} },
] as const)("$id", ({ id, path }) => {
  const server = useServer();

  async function page(query: Record<string, string | number>): Promise<{ ids: string[]; nextCursor: string | undefined }> {
    const { nextCursor, ...lists } = (await server.call(id, { path, query })).json(200) as { nextCursor?: string; sessions?: { id: string }[] };
    return { ids: Object.values(lists)[0]!.map((session) => session.id), nextCursor };
  }

  test.each([1, 2, 3, count, 100])("by pages of %i: all of them, each once, the last active first", async (limit) => {
    await makeSessions(server);
    const all = await page({ limit: 100 });
    expect(new Set(all.ids).size).toBe(count);
    expect(all.nextCursor).toBeUndefined();

    const paged: string[] = [];
    let { ids, nextCursor } = await page({ limit });
    for (;;) {
      paged.push(...ids);
      if (nextCursor === undefined) break;
      expect(ids).toHaveLength(limit);
      ({ ids, nextCursor } = await page({ limit, cursor: nextCursor }));
    }
    expect(paged).toEqual(all.ids);
  });

  test("what comes in between neither doubles nor hides what was there", async () => {
    await makeSessions(server);
    const before = (await page({ limit: 100 })).ids;
    const first = await page({ limit: 3 });
    (await server.call("chat", { json: { agentId: "my-agent", message: "In between" } })).json(200);
    const rest = await page({ limit: 100, cursor: first.nextCursor ?? "" });
    expect([...first.ids, ...rest.ids]).toEqual(before);
  });

  test("400: refuses a cursor of no list", async () => {
    (await server.call(id, { path, query: { cursor: "bm90IGEgY3Vyc29y" } })).json(400);
  });
});

describe("GET /api/v1/sessions and its history", () => {
  const server = useServer();

  test("the list of sessions can be cut to a workspace and to a user", async () => {
    const say = async (workspace: string, userId: string) => (await server.call("sendMessage", { json: { message: "Hello", workspace, userId } })).json(200).sessionId;
    const ids = [await say("team", "ada"), await say("team", "ben"), await say("default", "ada")];
    const list = async (query: Record<string, string>) => (await server.call("listSessions", { query })).json(200).sessions.map(({ id }) => id);
    expect(await list({ workspace: "team" })).toEqual([ids[1], ids[0]]);
    expect(await list({ userId: "ada" })).toEqual([ids[2], ids[0]]);
    expect(await list({ workspace: "team", userId: "ada" })).toEqual([ids[0]]);
    expect(await list({ userId: "nobody" })).toEqual([]);
  });

  test("history goes by offset, oldest first, and says how many there are", async () => {
    const sessionId = await server.makeSession();
    for (const message of ["Two", "Three"]) (await server.call("chat", { json: { sessionId, message } })).json(200);
    const history = async (limit: number, offset: number) => {
      const page = (await server.call("getSessionHistory", { path: { sessionId }, query: { limit, offset } })).json(200);
      expect(page).toMatchObject({ total: 6, limit, offset });
      return page.messages.map(({ content }) => content);
    };
    const all = ["Hello", "You said: Hello", "Two", "You said: Two", "Three", "You said: Three"];
    expect(await history(100, 0)).toEqual(all);
    expect([...(await history(4, 0)), ...(await history(4, 4))]).toEqual(all);
    expect(await history(2, 3)).toEqual(all.slice(3, 5));
    expect(await history(5, 6)).toEqual([]);
  });
});
