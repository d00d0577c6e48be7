import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { sql } from "kysely";
import { describe, expect, test, vi } from "vitest";
import { newId } from "../ids.ts";
import { createEventWriter } from "../events/writer.ts";
import { createRunStore } from "../runs/store.ts";
import { newRun, newSession } from "../runs/testing.ts";
import { encodeCursor } from "../storage/cursor.ts";
import type { Database } from "../storage/database.ts";
import { temporaryDatabase } from "../storage/testing.ts";
import { createSessionStore, type SessionFilter, type SessionStore } from "./store.ts";

async function stores() {
  const database = await temporaryDatabase();
  const sessions = createSessionStore({ database, events: createEventWriter({ database }) });
  const runs = createRunStore({ database, events: createEventWriter({ database }) });

  async function make(overrides: Parameters<typeof newSession>[0] = {}): Promise<string> {
    const session = newSession(overrides);
    await runs.begin({ run: newRun({ sessionId: session.id, createdAt: session.createdAt }), session, userMessage: null });
    return session.id;
  }

  /** A whole turn; gives the run's id. */
  async function turn(sessionId: string, question: string, finishedAt = 2000): Promise<string> {
    const run = newRun({ sessionId });
    await runs.begin({ run, session: null, userMessage: { id: newId("msg"), content: question } });
    const usage = { inputTokens: 1, outputTokens: 2 };
    await runs.finish({ run, isForChannel: false, status: "completed", messageId: newId("msg"), content: `${question}!`, model: "m", usage, cost: null, finishReason: "stop", toolCalls: [], toolsInvoked: [], latencyMs: 1, error: null, finishedAt });
    return run.id;
  }
  return { database, sessions, runs, make, turn };
}

/** All pages of a list, one after the other. */
async function walk(sessions: SessionStore, filter: Omit<SessionFilter, "cursor">, between: () => Promise<unknown> = async () => {}): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await sessions.list({ ...filter, cursor });
    expect(page.items.length).toBeLessThanOrEqual(filter.limit);
    ids.push(...page.items.map(({ id }) => id));
    if (page.nextCursor === null) return ids;
    cursor = page.nextCursor;
    await between();
  }
}

const all = { after: null, most: 1000, mostCharacters: 1_000_000 };

describe("the list", () => {
  test("has the last active first, and those of the same moment in a fixed order", async () => {
    const { sessions, make, turn } = await stores();
    await make({ id: "a", createdAt: 1000 });
    await make({ id: "b", createdAt: 1001 });
    await make({ id: "c", createdAt: 1001 });
    expect(await walk(sessions, { workspaces: "*", limit: 2 })).toEqual(["c", "b", "a"]);
    await turn("a", "Hello");
    expect(await walk(sessions, { workspaces: "*", limit: 2 })).toEqual(["a", "c", "b"]);
  });

  test("has those of the named workspaces only, and merges them in order", async () => {
    const { sessions, make } = await stores();
    for (const [at, workspaceId] of ["w1", "w2", "w3", "w1", "w2"].entries()) await make({ id: `${at}${workspaceId}`, workspaceId, createdAt: at });
    expect(await walk(sessions, { workspaces: ["w2"], limit: 10 })).toEqual(["4w2", "1w2"]);
    expect(await walk(sessions, { workspaces: ["w1", "w2"], limit: 1 })).toEqual(["4w2", "3w1", "1w2", "0w1"]);
    expect(await walk(sessions, { workspaces: [], limit: 10 })).toEqual([]);
    expect(await sessions.count({ workspaces: ["w1", "w2"] })).toBe(4);
    expect(await sessions.count({ workspaces: [] })).toBe(0);
    expect(await sessions.count({ workspaces: "*" })).toBe(5);
  });

  test("has those of one agent, or of one user", async () => {
    const { sessions, make } = await stores();
    await make({ id: "a", agentId: "main", userId: "u1" });
    await make({ id: "b", agentId: "other", userId: "u1" });
    await make({ id: "c", agentId: "other", userId: null });
    expect(await walk(sessions, { workspaces: "*", agentId: "other", limit: 10 })).toEqual(["c", "b"]);
    expect(await walk(sessions, { workspaces: "*", agentId: "other", userId: "u1", limit: 10 })).toEqual(["b"]);
  });

  test("ends without a cursor when the last page is just full", async () => {
    const { sessions, make } = await stores();
    await make();
    await make();
    expect(await sessions.list({ workspaces: "*", limit: 2 })).toMatchObject({ nextCursor: null });
  });

  test("walked to its end has every session once, while others are made and talked in", async () => {
    const step = fc.record({ kind: fc.constantFrom("make", "talk"), which: fc.nat(), workspaceId: fc.constantFrom("w1", "w2") });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ createdAt: fc.integer({ min: 0, max: 5 }), workspaceId: fc.constantFrom("w1", "w2", "w3") }), { maxLength: 25 }),
        fc.array(step, { maxLength: 10 }),
        fc.integer({ min: 1, max: 7 }),
        fc.constantFrom<SessionFilter["workspaces"]>("*", ["w1"], ["w1", "w2"]),
        async (initial, steps, limit, workspaces) => {
          const { database, sessions, make, turn } = await stores();
          const visible = new Set<string>();
          for (const session of initial) {
            const id = await make(session);
            if (workspaces === "*" || workspaces.includes(session.workspaceId)) visible.add(id);
          }
          const all = [...visible];
          const talkedIn = new Set<string>();
          let now = 100;
          const walked = await walk(sessions, { workspaces, limit }, async () => {
            const next = steps.pop();
            if (next === undefined) return;
            now++;
            const id = all[next.which % Math.max(all.length, 1)];
            if (next.kind === "make") await make({ workspaceId: next.workspaceId, createdAt: now });
            else if (id !== undefined) {
              await turn(id, "Hello", now);
              talkedIn.add(id);
            }
          });
          await database.close();
          expect(walked.length).toBe(new Set(walked).size);
          // One that was talked in has moved to the top, which may be behind the reader's back.
          const still = [...visible].filter((id) => !talkedIn.has(id));
          expect(still.filter((id) => !walked.includes(id))).toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
  });

  test.each([
    "nonsense",
    "",
    Buffer.from("[1]").toString("base64url"),
    Buffer.from('["1","a"]').toString("base64url"),
    Buffer.from('[1.5,"a"]').toString("base64url"),
    Buffer.from("null").toString("base64url"),
  ])("refuses the cursor %j, and names it", async (cursor) => {
    const { sessions } = await stores();
    for (const workspaces of ["*", ["w1"], ["w1", "w2"]] as const) {
      await expect(sessions.list({ workspaces, limit: 1, cursor })).rejects.toMatchObject({ code: "bad_request", details: { errors: [{ path: "/query/cursor" }] } });
    }
  });

  test("of a hundred thousand is read from an index in its order, never sorted", async () => {
    const { database, sessions } = await stores();
    await sql`
      with recursive n(i) as (select 1 union all select i + 1 from n where i < 100000)
      insert into sessions (id, workspace_id, agent_id, user_id, channel, title, created_at, last_active_at, message_count, tokens_used)
      select 'sess_' || i, 'w' || i % 20, 'agent' || i % 3, null, 'api', null, i, i, 0, 0 from n`.execute(database.kysely);
    const cursor = encodeCursor([50_000, "sess_50000"]);

    expect(await plansOf(database, () => sessions.list({ workspaces: "*", limit: 20 }))).toEqual([["SCAN sessions USING INDEX sessions_by_activity"]]);
    expect(await plansOf(database, () => sessions.list({ workspaces: "*", limit: 20, cursor }))).toEqual([[expect.stringMatching(/^SEARCH sessions USING INDEX sessions_by_activity \(/)]]);
    const inWorkspace = [expect.stringMatching(/^SEARCH sessions USING INDEX sessions_by_workspace \(workspace_id=\?/)];
    expect(await plansOf(database, () => sessions.list({ workspaces: ["w1"], limit: 20 }))).toEqual([inWorkspace]);
    expect(await plansOf(database, () => sessions.list({ workspaces: ["w1", "w2"], limit: 20, cursor }))).toEqual([inWorkspace]);
    expect(await plansOf(database, () => sessions.list({ workspaces: ["w1"], agentId: "agent1", limit: 20, cursor }))).toEqual([inWorkspace]);
  });
});

/** How SQLite goes about each of the select statements that are prepared anew. */
async function plansOf(database: Database, act: () => Promise<unknown>): Promise<string[][]> {
  const prepare = vi.spyOn(DatabaseSync.prototype, "prepare");
  await act();
  const texts = prepare.mock.calls.map(([text]) => text).filter((text) => text.startsWith("select"));
  prepare.mockRestore();
  return Promise.all(texts.map((text) => planOf(database, text)));
}

async function planOf({ kysely }: Database, text: string): Promise<string[]> {
  const { rows } = await sql<{ detail: string }>`${sql.raw(`explain query plan ${text.replaceAll("?", "1")}`)}`.execute(kysely);
  return rows.map(({ detail }) => detail);
}

describe("the messages of a session", () => {
  test("come oldest first: all, a page with the total, or the newest few", async () => {
    const { sessions, make, turn } = await stores();
    const id = await make();
    const other = await make();
    for (const question of ["1", "2", "3"]) await turn(id, question);
    await turn(other, "elsewhere");

    const contents = (messages: readonly { content: string }[]) => messages.map(({ content }) => content);
    expect(contents(await sessions.allMessages(id))).toEqual(["1", "1!", "2", "2!", "3", "3!"]);
    const page = await sessions.messages(id, { limit: 2, offset: 3 });
    expect({ ...page, messages: contents(page.messages) }).toEqual({ messages: ["2!", "3"], total: 6 });
    expect(contents(await sessions.recentMessages(id, { ...all, most: 3 }))).toEqual(["2!", "3", "3!"]);
    expect(contents(await sessions.recentMessages(id, { ...all, mostCharacters: 5 }))).toEqual(["2!", "3", "3!"]);
    expect(contents(await sessions.recentMessages(id, { ...all, after: page.messages[0]!.id }))).toEqual(["3", "3!"]);
  });

  test("are read in their order however many there are", async () => {
    const { sessions, make, turn } = await stores();
    const id = await make();
    const questions = Array.from({ length: 60 }, (_, index) => String(index));
    for (const question of questions) await turn(id, question);
    const contents = (await sessions.recentMessages(id, all)).map(({ content }) => content);
    expect(contents).toEqual(questions.flatMap((question) => [question, `${question}!`]));
    expect((await sessions.recentMessages(id, { ...all, most: 70 })).map(({ content }) => content)).toEqual(contents.slice(-70));
  });

  test("of none are none", async () => {
    const { sessions } = await stores();
    expect(await sessions.messages("none", { limit: 5, offset: 0 })).toEqual({ messages: [], total: 0 });
    expect(await sessions.recentMessages("none", all)).toEqual([]);
  });
});

describe("a summary", () => {
  test("is kept with its session, and goes with the messages it is of", async () => {
    const { sessions, make, turn } = await stores();
    const id = await make();
    await turn(id, "Hello");
    const [, last] = await sessions.allMessages(id);
    const summary = { text: "They said hello.", upTo: last!.id };
    await sessions.keepSummary(id, summary);
    expect((await sessions.find(id))?.summary).toEqual(summary);
    await sessions.clear(id);
    expect((await sessions.find(id))?.summary).toBeNull();
    // One that was under way while the session was cleared.
    await sessions.keepSummary(id, summary);
    expect((await sessions.find(id))?.summary).toBeNull();
  });
});

describe("deleting", () => {
  test("a session takes its messages and runs along, and nobody else's", async () => {
    const { sessions, runs, make, turn, database } = await stores();
    const [id, other] = [await make(), await make()];
    const [gone, kept] = [await turn(id, "Hello"), await turn(other, "Hello")];
    expect(await sessions.delete(id)).toBe(true);
    expect(await sessions.find(id)).toBeUndefined();
    expect(await sessions.allMessages(id)).toEqual([]);
    expect(await runs.find(gone)).toBeUndefined();
    expect(await runs.find(kept)).toMatchObject({ status: "completed" });
    expect(await sessions.allMessages(other)).toHaveLength(2);
    expect(await sessions.delete(id)).toBe(false);
    expect((await sql`pragma foreign_key_check`.execute(database.kysely)).rows).toEqual([]);
  });

  test("those of a workspace says how many there were", async () => {
    const { sessions, make, turn } = await stores();
    for (const id of ["a", "b"]) await make({ id, workspaceId: "w1" });
    await make({ id: "c", workspaceId: "w2" });
    await turn("a", "Hello");
    expect(await sessions.deleteIn("w1")).toBe(2);
    expect(await sessions.deleteIn("w1")).toBe(0);
    expect(await walk(sessions, { workspaces: "*", limit: 10 })).toEqual(["c"]);
  });

  test("the messages leaves the session, at nought, and a turn under way ends nowhere", async () => {
    const { sessions, runs, make, turn } = await stores();
    const id = await make();
    await turn(id, "Hello");
    const run = newRun({ sessionId: id });
    await runs.begin({ run, session: null, userMessage: { id: newId("msg"), content: "Still there?" } });
    await sessions.clear(id);
    expect(await sessions.find(id)).toMatchObject({ id, messageCount: 0, tokensUsed: 0 });
    expect(await sessions.allMessages(id)).toEqual([]);

    const usage = { inputTokens: 1, outputTokens: 2 };
    await runs.finish({ run, isForChannel: false, status: "completed", messageId: newId("msg"), content: "Yes", model: "m", usage, cost: null, finishReason: "stop", toolCalls: [], toolsInvoked: [], latencyMs: 1, error: null, finishedAt: 3000 });
    expect(await sessions.allMessages(id)).toEqual([]);
    expect(await sessions.find(id)).toMatchObject({ messageCount: 0, tokensUsed: 0 });
  });

  test("never looks through all runs", async () => {
    const { database, sessions } = await stores();
    const prepare = vi.spyOn(DatabaseSync.prototype, "prepare");
    await sessions.delete("a");
    const texts = prepare.mock.calls.map(([text]) => text).filter((text) => /^(delete|update)/.test(text));
    prepare.mockRestore();
    expect(texts.length).toBeGreaterThan(2);
    const plans = await Promise.all(texts.map((text) => planOf(database, text)));
    expect(plans.flat().filter((step) => /^SCAN runs(?! USING.* runs_running)/.test(step))).toEqual([]);
  });
});
