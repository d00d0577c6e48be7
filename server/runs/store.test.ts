import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { idFloor, newId } from "../ids.ts";
import { createEventWriter } from "../events/writer.ts";
import { createSessionStore } from "../sessions/store.ts";
import { type Database, openDatabase } from "../storage/database.ts";
import { temporaryDatabase, temporaryFolder } from "../storage/testing.ts";
import { createRunStore, type FinishRun } from "./store.ts";
import { newEnd, newRun, newSession } from "./testing.ts";

const call = { callId: "call_1", name: "read", input: { path: "a" }, output: "text", isError: false };

/** The end of a run that has called a tool. */
const end = (runId: string, sessionId: string | null, overrides: Partial<FinishRun> = {}): FinishRun =>
  newEnd(newRun({ id: runId, sessionId }), { toolCalls: [call], toolsInvoked: ["read"], ...overrides });

async function stores(url?: string) {
  const database = await temporaryDatabase(url);
  const runs = createRunStore({ database, events: createEventWriter({ database }) });
  const sessions = createSessionStore({ database, events: createEventWriter({ database }) });

  /** A turn in a new session, up to where the model would be called. */
  async function begun(sessionId = newId("sess")) {
    const run = newRun({ sessionId });
    await runs.begin({ run, session: newSession({ id: sessionId }), userMessage: { id: newId("msg"), content: "Hello" } });
    return { run, sessionId };
  }
  return { database, runs, sessions, begun };
}

const counts = async ({ kysely }: Database) => {
  const count = async (table: "sessions" | "messages" | "runs") => (await kysely.selectFrom(table).selectAll().execute()).length;
  return { sessions: await count("sessions"), messages: await count("messages"), runs: await count("runs") };
};

describe("a turn that begins", () => {
  test("stores the session, the message and the run", async () => {
    const { runs, sessions } = await stores();
    const session = newSession({ userId: "u1", title: "Hello" });
    const run = newRun({ sessionId: session.id, userId: "u1", faceOptions: { includeUsage: true }, messageId: "msg_answer" });
    await runs.begin({ run, session, userMessage: { id: newId("msg"), content: "Hello" } });

    expect(await runs.find(run.id)).toEqual(run);
    expect(await sessions.find(session.id)).toEqual({ ...session, lastActiveAt: 1000, messageCount: 0, tokensUsed: 0, summary: null });
    expect(await sessions.allMessages(session.id)).toMatchObject([{ role: "user", content: "Hello", model: null, usage: null, toolCalls: null }]);
  });

  test("without a session stores the run alone", async () => {
    const { runs, database } = await stores();
    await runs.begin({ run: newRun(), session: null, userMessage: null });
    expect(await counts(database)).toEqual({ sessions: 0, messages: 0, runs: 1 });
  });

  test("twice at once under the same new session: one wins, the other is a conflict and leaves nothing", async () => {
    const { runs, database, sessions } = await stores();
    const begin = (title: string) => runs.begin({ run: newRun({ sessionId: "s" }), session: newSession({ id: "s", title }), userMessage: { id: newId("msg"), content: title } });
    const settled = await Promise.allSettled([begin("one"), begin("other")]);
    expect(settled).toMatchObject([{ status: "fulfilled" }, { status: "rejected", reason: { code: "conflict" } }]);
    expect(await counts(database)).toEqual({ sessions: 1, messages: 1, runs: 1 });
    expect(await sessions.find("s")).toMatchObject({ title: "one" });
  });

  test("in a session that was deleted at the same moment is a conflict, and leaves nothing", async () => {
    const { runs, sessions, begun, database } = await stores();
    const { run, sessionId } = await begun();
    await runs.finish(end(run.id, sessionId));
    await sessions.delete(sessionId);
    const begin = runs.begin({ run: newRun({ sessionId }), session: null, userMessage: { id: newId("msg"), content: "Hello?" } });
    await expect(begin).rejects.toMatchObject({ code: "conflict" });
    expect(await counts(database)).toEqual({ sessions: 0, messages: 0, runs: 0 });
  });

  test("with a run that is there already leaves nothing of the second", async () => {
    const { runs, begun, database } = await stores();
    const { run } = await begun();
    const session = newSession();
    const begin = runs.begin({ run: { ...run, sessionId: session.id }, session, userMessage: { id: newId("msg"), content: "Hello" } });
    await expect(begin).rejects.toMatchObject({ code: "conflict" });
    expect(await counts(database)).toEqual({ sessions: 1, messages: 1, runs: 1 });
  });
});

describe("a turn that ends", () => {
  test("stores the answer, and what it cost", async () => {
    const { runs, sessions, begun } = await stores();
    const { run, sessionId } = await begun();
    expect(await runs.finish(end(run.id, sessionId, { messageId: "msg_z" }))).toBe(true);

    const [, answer] = await sessions.allMessages(sessionId);
    expect(answer).toEqual({ id: "msg_z", role: "assistant", content: "Hello yourself", createdAt: 2000, model: "embedded/echo", usage: { inputTokens: 3, outputTokens: 4 }, toolCalls: [call] });
    expect(await sessions.find(sessionId)).toMatchObject({ messageCount: 2, tokensUsed: 7, lastActiveAt: 2000 });
    expect(await runs.find(run.id)).toMatchObject({
      status: "completed",
      messageId: "msg_z",
      content: "Hello yourself",
      toolCalls: [call],
      toolsInvoked: ["read"],
      usage: { inputTokens: 3, outputTokens: 4 },
      model: "embedded/echo",
      finishReason: "stop",
      latencyMs: 12,
      error: null,
      finishedAt: 2000,
    });
  });

  test("without a session keeps its answer and its tool calls with the run", async () => {
    const { runs } = await stores();
    const run = newRun();
    await runs.begin({ run, session: null, userMessage: null });
    await runs.finish(end(run.id, null));
    expect(await runs.find(run.id)).toMatchObject({ status: "completed", content: "Hello yourself", toolCalls: [call] });
  });

  test("a second time changes nothing, whatever it says", async () => {
    const { runs, sessions, begun } = await stores();
    const { run, sessionId } = await begun();
    const finished = await Promise.all([runs.finish(end(run.id, sessionId)), runs.finish(end(run.id, sessionId, { status: "failed" }))]);
    expect(finished).toEqual([true, false]);
    expect(await runs.finish(end(run.id, sessionId))).toBe(false);
    expect(await runs.find(run.id)).toMatchObject({ status: "completed" });
    expect(await sessions.find(sessionId)).toMatchObject({ messageCount: 2, tokensUsed: 7 });
  });

  test("that never began changes nothing", async () => {
    const { runs } = await stores();
    expect(await runs.finish(end("run_none", null))).toBe(false);
  });

  test("by failing has no message, and says why", async () => {
    const { runs, sessions, begun } = await stores();
    const { run, sessionId } = await begun();
    const error = { code: "provider_error" as const, message: "The model does not answer.", details: { provider: "local" } };
    await runs.finish(end(run.id, sessionId, { status: "failed", messageId: null, content: "", usage: null, error }));
    expect(await runs.find(run.id)).toMatchObject({ status: "failed", messageId: null, content: "", toolCalls: [call], usage: null, error });
    expect(await sessions.find(sessionId)).toMatchObject({ messageCount: 1, tokensUsed: 0, lastActiveAt: 2000 });
  });

  test("never sets the session's last activity back", async () => {
    const { runs, sessions, begun } = await stores();
    const { run, sessionId } = await begun();
    await runs.finish(end(run.id, sessionId, { finishedAt: 1 }));
    expect(await sessions.find(sessionId)).toMatchObject({ lastActiveAt: 1000 });
  });

  test("after its session was deleted has ended all the same, and nothing of the answer is kept", async () => {
    const { runs, sessions, begun, database } = await stores();
    const { run, sessionId } = await begun();
    await sessions.delete(sessionId);
    expect(await runs.finish(end(run.id, sessionId))).toBe(true);
    expect(await runs.find(run.id)).toMatchObject({ status: "completed", sessionId: null, messageId: null, content: "", toolCalls: [] });
    expect(await counts(database)).toEqual({ sessions: 0, messages: 0, runs: 1 });
  });

  test("after its session was deleted does not speak in another under the same id", async () => {
    const { runs, sessions, begun } = await stores();
    const { run } = await begun("conv_1");
    await sessions.delete("conv_1");
    await begun("conv_1");
    await runs.finish(end(run.id, "conv_1"));
    expect(await sessions.allMessages("conv_1")).toMatchObject([{ role: "user" }]);
    expect(await sessions.find("conv_1")).toMatchObject({ messageCount: 0, tokensUsed: 0 });
  });
});

describe("after a stop in the middle", () => {
  test("runs that were running have failed, the others are as they were", async () => {
    const { runs, sessions, begun } = await stores();
    const [ended, left] = [await begun(), await begun()];
    await runs.finish(end(ended.run.id, ended.sessionId));
    expect(await runs.failLeftRunning(5000)).toBe(1);
    expect(await runs.find(left.run.id)).toMatchObject({ status: "failed", messageId: null, error: { code: "service_unavailable", details: {} }, finishedAt: 5000 });
    expect(await runs.find(ended.run.id)).toMatchObject({ status: "completed" });
    expect(await runs.failLeftRunning(6000)).toBe(0);
    // Its question is there, and counted now; once.
    expect(await sessions.find(left.sessionId)).toMatchObject({ messageCount: 1 });
    expect(await sessions.find(ended.sessionId)).toMatchObject({ messageCount: 2 });
  });

  // Whatever the moment: each process is killed while turns begin and end in it as fast as they can.
  test("by kill -9 no turn is stored by half", { timeout: 60_000 }, async () => {
    const url = `sqlite:${join(temporaryFolder(), "x.db")}`;
    for (const pauseMs of [0, 3, 7, 20, 45, 90]) {
      const child: ChildProcess = fork(fileURLToPath(new URL("store.crash.ts", import.meta.url)), [url]);
      await once(child, "message");
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      child.kill("SIGKILL");
      await once(child, "exit");
      await expectWhole(url);
    }
    expect.hasAssertions();
  });
});

/** Every run has its question, every completed one exactly one answer, every other none; and all counters are right. */
async function expectWhole(url: string): Promise<void> {
  const database = await openDatabase(url);
  try {
    const { kysely } = database;
    await createRunStore({ database, events: createEventWriter({ database }) }).failLeftRunning(Date.now());
    const runs = await kysely.selectFrom("runs").selectAll().execute();
    const messages = await kysely.selectFrom("messages").selectAll().execute();
    expect(runs.length).toBeGreaterThan(0);
    for (const run of runs) {
      const roles = messages.filter(({ run_id: id }) => id === run.id).map(({ role }) => role);
      expect([run.status, ...roles]).toEqual(run.status === "completed" ? ["completed", "user", "assistant"] : ["failed", "user"]);
    }
    const runIds = new Set(runs.map(({ id }) => id));
    expect(messages.filter(({ run_id: id }) => id === null || !runIds.has(id))).toEqual([]);
    for (const session of await kysely.selectFrom("sessions").selectAll().execute()) {
      const own = messages.filter(({ session_id: id }) => id === session.id);
      const tokens = own.reduce((sum, message) => sum + (message.input_tokens ?? 0) + (message.output_tokens ?? 0), 0);
      expect(session).toMatchObject({ message_count: own.length, tokens_used: tokens });
    }
  } finally {
    await database.close();
  }
}

test("the tokens of each key's runs since a time are summed up; what failed or goes on counts none", async () => {
  const { runs } = await stores();
  const spend = async (id: string, keyId: string, inputTokens: number, outputTokens: number) => {
    await runs.begin({ run: newRun({ id, keyId }), session: null, userMessage: null });
    await runs.finish(end(id, null, { usage: { inputTokens, outputTokens } }));
  };
  await spend(idFloor("run", 999) + "f", "key_1", 1000, 1000);
  await spend(idFloor("run", 1000) + "0", "key_1", 1, 2);
  await spend(newId("run"), "key_1", 3, 4);
  await spend(newId("run"), "key_2", 5, 6);
  const failed = newRun({ keyId: "key_2" });
  await runs.begin({ run: failed, session: null, userMessage: null });
  await runs.finish(end(failed.id, null, { status: "failed", usage: null }));
  await runs.begin({ run: newRun({ keyId: "key_3" }), session: null, userMessage: null });

  const sums = await runs.tokensByKey(1000);
  expect(new Map(sums.map(({ keyId, tokens }) => [keyId, tokens]))).toEqual(new Map([["key_1", 10], ["key_2", 11], ["key_3", 0]]));
});
