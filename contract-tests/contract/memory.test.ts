import { describe, expect, test, vi } from "vitest";
import { errorOf } from "./error-of.ts";
import type { CallRequest } from "./target.ts";
import { describeTargets, useServer } from "./targets.ts";

/** What is no search, and no memory, and where it is wrong. */
const wrongSearches: [json: object, path: string][] = [
  [{}, "/query"],
  [{ query: "" }, "/query"],
  [{ query: "x".repeat(10_001) }, "/query"],
  [{ query: "x", limit: 0 }, "/limit"],
  [{ query: "x", limit: 101 }, "/limit"],
  [{ query: "x", workspace: "no id" }, "/workspace"],
  [{ query: "x", tags: [""] }, "/tags/0"],
  [{ query: "x", offset: 1 }, "/offset"],
];
const wrongMemories: [json: object, path: string][] = [
  [{}, "/text"],
  [{ text: "" }, "/text"],
  [{ text: " \n" }, "/text"],
  [{ text: "x".repeat(8001) }, "/text"],
  [{ text: "x", tags: Array.from({ length: 17 }, (_, index) => `t${index}`) }, "/tags"],
  [{ text: "x", tags: [" "] }, "/tags/0"],
  [{ text: "x", source: "agent" }, "/source"],
];

describeTargets((target) => {
  const save = async (text: string) => (await target.call("createMemory", { json: { text } })).json(201);

  describe("GET /api/v1/memory/stats", () => {
    test("200: says how much is remembered, and where", async () => {
      await save("The stand-up is at nine.");
      const { entries, bytes, by_workspace: byWorkspace, oldest } = (await target.call("getMemoryStats")).json(200);
      expect([entries > 0, bytes > 0, typeof oldest]).toEqual([true, true, "string"]);
      expect(byWorkspace[0]).toMatchObject({ workspace: expect.any(String), entries: expect.any(Number), bytes: expect.any(Number) });
    });
  });

  describe("POST /api/v1/memory/search", () => {
    test("200: answers entries with score and snippet, the best first", async () => {
      await save("The repository is reviewed on Thursdays.");
      const { results } = (await target.call("searchMemory", { json: { query: "repository reviewed" } })).json(200);
      expect(results[0]).toMatchObject({ id: expect.stringMatching(/^mem_/), score: expect.any(Number), snippet: expect.stringContaining("**repository**") });
    });

    test.each(wrongSearches)("400: %j is no search", async (json) => {
      (await target.call("searchMemory", { json })).json(400);
    });

    test("404: does not know a workspace that is not there", async () => {
      (await target.call("searchMemory", { json: { query: "x", workspace: "nowhere" }, mock: { status: 404 } })).json(404);
    });
  });

  describe("DELETE /api/v1/memory/prune", () => {
    test("200: says how many would go", async () => {
      await save("Soon forgotten");
      const { deleted } = (await target.call("pruneMemory", { query: { workspace: "default", dry_run: "true" } })).json(200);
      expect(deleted).toBeGreaterThan(0);
    });

    test.each([{ older_than_days: 0 }, { older_than_days: "x" }, { keep: -1 }, { workspace: "no id" }, { dry_run: "maybe", keep: 1 }])("400: refuses %j", async (query) => {
      (await target.call("pruneMemory", { query })).json(400);
    });

    test("404: does not know a workspace that is not there", async () => {
      (await target.call("pruneMemory", { query: { workspace: "nowhere" }, mock: { status: 404 } })).json(404);
    });
  });

  describe("GET /api/v1/memory", () => {
    test("200: lists what is remembered", async () => {
      const { id } = await save("The stand-up is at nine.");
      const { memories } = (await target.call("listMemories", { query: { workspace: "default" } })).json(200);
      expect(memories[0]).toMatchObject(target.name === "server" ? { id, source: "api", agentId: null } : { source: "agent" });
    });

    test("400: refuses a page that cannot be", async () => {
      for (const limit of [0, 101, "x"]) (await target.call("listMemories", { query: { limit } })).json(400);
      (await target.call("listMemories", { query: { cursor: "not-a-cursor" }, mock: { status: 400 } })).json(400);
    });

    test("404: does not know a workspace that is not there", async () => {
      (await target.call("listMemories", { query: { workspace: "nowhere" }, mock: { status: 404 } })).json(404);
    });
  });

  describe("POST /api/v1/memory", () => {
    test("201: answers what is remembered now", async () => {
      const memory = (await target.call("createMemory", { json: { text: "The stand-up is at nine.", tags: ["habits"], workspace: "team" } })).json(201);
      expect(memory).toMatchObject({ id: expect.stringMatching(/^mem_/), text: "The stand-up is at nine.", tags: ["habits"], workspace: "team", source: "api", lastUsedAt: null });
    });

    test.each(wrongMemories)("400: refuses %j", async (json) => {
      (await target.call("createMemory", { json })).json(400);
    });

    test("404: does not know a workspace that is not there", async () => {
      (await target.call("createMemory", { json: { text: "x", workspace: "nowhere" }, mock: { status: 404 } })).json(404);
    });
  });

  describe("DELETE /api/v1/memory/{memoryId}", () => {
    test("204: forgets", async () => {
      const { id: memoryId } = await save("Soon forgotten");
      expect((await target.call("deleteMemory", { path: { memoryId } })).status).toBe(204);
      (await target.call("deleteMemory", { path: { memoryId }, mock: { status: 404 } })).json(404);
    });

    test("400 and 404", async () => {
      (await target.call("deleteMemory", { path: { memoryId: "no id" } })).json(400);
      (await target.call("deleteMemory", { path: { memoryId: "mem_nobody" }, mock: { status: 404 } })).json(404);
    });
  });

  test.each(["searchMemory", "createMemory"] as const)("415: %s takes JSON", async (id) => {
    expect((await target.call(id, { body: "query=x", headers: { "Content-Type": "text/plain" }, mock: { status: 415 } })).status).toBe(415);
  });
});

describe("bodies", () => {
  const server = useServer();

  test.each([...wrongSearches.map((wrong) => ["searchMemory", ...wrong] as const), ...wrongMemories.map((wrong) => ["createMemory", ...wrong] as const)])(
    "400: %s says where %j is wrong: %s",
    async (id, json, path) => {
      const { errors = [] } = errorOf(JSON.parse((await server.call(id, { json })).text)).details;
      expect(errors.map((fault) => fault.path)).toContain(path);
    },
  );

  test.each(["", " \n"])("400: a text of %j is called empty, and once", async (text) => {
    const { details } = (await server.call("createMemory", { json: { text } })).json(400);
    expect(details.errors).toEqual([{ path: "/text", message: "must not be empty" }]);
  });

  test.each(["searchMemory", "createMemory"] as const)("413: %s takes a bounded size", async (id) => {
    expect((await server.call(id, { json: { text: "x".repeat(1_100_000) } })).status).toBe(413);
  });
});

describe("pruning", () => {
  const server = useServer();

  test("says how many went, and that no more are left", async () => {
    for (const text of ["One", "Two"]) await server.call("createMemory", { json: { text } });
    const prune = async (query: CallRequest["query"] = {}) => (await server.call("pruneMemory", { query: { workspace: "default", ...query } })).json(200);
    expect(await prune({ dry_run: "true" })).toEqual({ deleted: 2, dry_run: true });
    expect(await prune({ keep: 1 })).toEqual({ deleted: 1, dry_run: false });
    expect(await prune({ older_than_days: 1 })).toEqual({ deleted: 0, dry_run: false });
    expect(await prune()).toEqual({ deleted: 1, dry_run: false });
  });

  test("400: wants a criterion", async () => {
    expect((await server.call("pruneMemory", { query: { dry_run: "true" } })).json(400).message).toContain("older_than_days");
  });
});

describe("in turns", () => {
  const agents = {
    default: "main",
    list: [
      { id: "main", name: "Main", tools: ["memory_*"] },
      { id: "my-agent", name: "Without memory", tools: ["calculate"] },
    ],
  };
  const server = useServer({ settings: { agents } });
  const ask = async (message: string, rest: object = {}) => (await server.call("chat", { json: { agentId: "main", message, ...rest } })).text;
  const lastSystemText = () => {
    const { messages } = server.upstream.requests.at(-1)!.body as { messages: { role: string; content: string }[] };
    return messages.filter(({ role }) => role === "system").map(({ content }) => content).join("\n");
  };

  test("what an agent saves in one session, another session is told of where it bears on the message", async () => {
    expect(await ask('call memory_save {"text":"The cellar key hangs behind the clock.","tags":["house"]}')).toContain("Remembered as mem_");
    await ask("Where is the cellar key?");
    expect(lastSystemText()).toContain("The cellar key hangs behind the clock.");
    await ask("Tell me a joke");
    expect(lastSystemText()).not.toContain("cellar");
    const { memories } = (await server.call("listMemories", {})).json(200);
    expect(memories[0]).toMatchObject({ source: "agent", agentId: "main", sessionId: expect.any(String), tags: ["house"] });
  });

  test("the agent finds it with its tool", async () => {
    await server.call("createMemory", { json: { text: "Anna prefers green tea." } });
    expect(await ask("search memory for green tea")).toContain("Anna prefers green tea.");
  });

  test("an agent without the tool is not told, nor one of another workspace", async () => {
    await server.call("createMemory", { json: { text: "Bob plays the tuba." } });
    await ask("Who plays the tuba?", { agentId: "my-agent" });
    expect(lastSystemText()).not.toContain("Bob");
    await server.call("streamMessage", { json: { workspace: "team", message: "Who plays the tuba?" } });
    expect(lastSystemText()).not.toContain("Bob");
    await ask("Who plays the tuba?");
    expect(lastSystemText()).toContain("Bob plays the tuba.");
  });
});

describe("a workspace that is deleted", () => {
  const server = useServer();

  test("takes its memories along, for good", async () => {
    const make = () => server.call("createWorkspace", { json: { id: "short-lived", label: "Short-lived" } });
    await make();
    await server.call("createMemory", { json: { text: "The oak is old.", workspace: "short-lived" } });
    await server.call("createMemory", { json: { text: "The oak is young." } });
    expect((await server.call("deleteWorkspace", { path: { workspaceId: "short-lived" } })).status).toBe(204);
    await make();
    expect((await server.call("listMemories", { query: { workspace: "short-lived" } })).json(200).memories).toEqual([]);
    const { results } = (await server.call("searchMemory", { json: { query: "oak" } })).json(200);
    expect(results.map(({ text }) => text)).toEqual(["The oak is young."]);
  });
});

describe("the embedded model", () => {
  const server = useServer({ settings: { models: {}, agents: { default: "main", list: [{ id: "main" }] } } });

  test("remembers, and searches what it remembers", async () => {
    await server.call("chat", { json: { agentId: "main", message: "Remember that the key is under the mat." } });
    const { text } = await server.call("chat", { json: { agentId: "main", message: "search memory for key" } });
    expect(text).toContain("the key is under the mat.");
  });
});

describe("with embeddings", () => {
  const server = useServer({ provider: { models: [{ id: "gpt-5-mini" }, { id: "fake-embeddings" }] }, settings: { memory: { embeddings: { model: "openai/fake-embeddings" } } } });

  test("finds what means the same in other words", async () => {
    await server.call("createMemory", { json: { text: "The automobile is red." } });
    await server.call("createMemory", { json: { text: "The oak is old." } });
    await vi.waitFor(async () => {
      const { results } = (await server.call("searchMemory", { json: { query: "car" } })).json(200);
      expect(results.map(({ text }) => text)).toEqual(["The automobile is red."]);
    });
    expect(server.upstream.requests.at(-1)).toMatchObject({ path: "/v1/embeddings", body: { model: "fake-embeddings", input: ["car"], encoding_format: "float" } });
  });
});
