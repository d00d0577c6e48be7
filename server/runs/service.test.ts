import pino from "pino";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { TurnEvent } from "../chat/turn-events.ts";
import { GatewayError } from "../errors.ts";
import { newId } from "../ids.ts";
import { testPrincipal } from "../keys/testing.ts";
import type { ModelEvent, Provider } from "../providers/port.ts";
import { temporaryDatabase } from "../storage/testing.ts";
import type { Run } from "./run.ts";
import { createRuns, type RunPlan, type RunsOptions } from "./service.ts";
import { createEventWriter } from "../events/writer.ts";
import { createRunStore, type RunStore } from "./store.ts";
import { newSession } from "./testing.ts";

const owner = testPrincipal();
const team = testPrincipal({ keyId: "key_2", workspaces: ["team"] });

const started: ModelEvent = { type: "started", model: "m" };
const text = (said: string): ModelEvent => ({ type: "text", text: said });
const finished: ModelEvent = { type: "finished", reason: "stop", usage: { inputTokens: 3, outputTokens: 4 } };
const hello = [started, text("Hel"), text("lo"), finished];

/** A model that says what it is given. Without `finished` among it, it then hangs until it is aborted. */
function scripted(events: Iterable<ModelEvent>): Provider & { wasLeft: boolean } {
  const provider = {
    name: "scripted",
    type: "embedded" as const,
    wasLeft: false,
    async *generate(_request: unknown, signal: AbortSignal) {
      let isOver = false;
      try {
        for (const event of events) {
          yield [event];
          isOver = event.type === "finished";
        }
        if (!isOver) await aborted(signal);
      } finally {
        provider.wasLeft = !isOver;
      }
    },
    listModels: async () => [],
    close: async () => {},
  };
  return provider;
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason));
  });
}

interface Began {
  isStreamed?: boolean;
  /** Begins a session with the run. */
  inSession?: boolean;
  workspaceId?: string;
  acquire?: RunPlan["acquire"];
  provider?: Provider;
}

async function runsWith({ storeWith = (store) => store, ...options }: Partial<RunsOptions> & { storeWith?: (store: RunStore) => RunStore } = {}) {
  const clock = { now: 1_000_000 };
  const database = await temporaryDatabase();
  const store = storeWith(createRunStore({ database, events: createEventWriter({ database }) }));
  const runs = createRuns({ store, log: pino({ level: "silent" }), now: () => clock.now, ...options });

  /** Creates a run and lets it begin. */
  function begin(events: Iterable<ModelEvent>, { isStreamed = true, inSession = false, workspaceId = "default", acquire = async () => () => {}, provider = scripted(events) }: Began = {}): Run {
    const session = inSession ? newSession() : null;
    const run = runs.create({
      face: "agents",
      principal: owner,
      requestId: "req_1",
      sessionId: session?.id ?? null,
      workspaceId,
      agentId: "main",
      userId: null,
      channel: "api",
      createdAt: clock.now,
      isStreamed,
      faceOptions: {},
    });
    runs.start(run, {
      acquire,
      prepare: async () => ({
        identity: { workspaceId, agentId: "main", userId: null },
        newSession: session,
        userMessage: session && { id: newId("msg"), content: "Hi" },
        messageId: newId("msg"),
        price: null,
        turn: {
          provider,
          request: { model: "m", messages: [{ role: "user", content: "Hi" }], stream: isStreamed },
          tools: { definitions: [], approval: () => null, invoke: async () => "" },
          context: { window: 128_000, history: 0, summary: null, summarize: null },
          callerTools: [],
          maxSteps: 4,
          startedAt: performance.now(),
        },
      }),
    });
    return run;
  }

  async function messagesOf(sessionId: string | null) {
    const rows = await database.kysely.selectFrom("messages").select(["role", "content"]).where("session_id", "=", sessionId).orderBy("id").execute();
    return rows.map(({ role, content }) => [role, content]);
  }

  return { runs, store, clock, begin, messagesOf };
}

/** All events of the run, once it has ended. */
async function eventsOf(run: Run, from = 0): Promise<TurnEvent[]> {
  const events: TurnEvent[] = [];
  for await (const batch of run.log.read(from, new AbortController().signal)) events.push(...batch.events);
  return events;
}

const typesOf = (events: readonly TurnEvent[]) => events.map(({ type }) => type);
const isTerminal = ({ type }: TurnEvent) => type === "finished" || type === "failed";

/** Waits until the run has ended, and is put where ended runs are. */
async function untilEnded(run: Run): Promise<void> {
  await run.settled;
  await settle();
}

/** Lets what is under way come to where it waits for something. Stores answer within a round of the event loop each. */
async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("a run that nobody waits for any more", () => {
  test("is cancelled after 30 s; what was said is kept, and the model is let go of", async () => {
    const { runs, begin, messagesOf } = await runsWith();
    const provider = scripted([started, text("Half an ans")]);
    const run = begin([], { provider, inSession: true });
    const release = run.attach();
    await settle();
    release();
    await vi.advanceTimersByTimeAsync(29_999);
    expect([run.status, run.signal.aborted]).toEqual(["running", false]);
    await vi.advanceTimersByTimeAsync(1);
    await run.settled;
    expect(run.failure).toMatchObject({ code: "cancelled" });
    expect(provider.wasLeft).toBe(true);
    expect(await runs.get(run.id, owner)).toMatchObject({ status: "cancelled", content: "Half an ans", error: { code: "cancelled" } });
    expect(await messagesOf(run.identity.sessionId)).toEqual([["user", "Hi"], ["assistant", "Half an ans"]]);
    expect(typesOf(await eventsOf(run))).toEqual(["started", "text", "failed"]);
  });

  test("goes on when somebody asked to keep it, before or after", async () => {
    const { begin } = await runsWith();
    const [before, after] = [begin([started]), begin([started])];
    before.keep();
    before.attach()();
    after.attach()();
    await vi.advanceTimersByTimeAsync(29_000);
    after.keep();
    await vi.advanceTimersByTimeAsync(600_000);
    await settle();
    expect([before.status, after.status]).toEqual(["running", "running"]);
  });

  test("goes on when it is taken up again, and has its 30 s anew after that", async () => {
    const { runs, begin } = await runsWith();
    const run = begin([started]);
    run.attach()();
    await vi.advanceTimersByTimeAsync(29_999);
    const release = (await runs.open(run.id, owner, false)).attach();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(run.status).toBe("running");
    release();
    await vi.advanceTimersByTimeAsync(29_999);
    expect(run.signal.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await run.settled;
    expect(run.status).toBe("cancelled");
  });

  test("is so only when the last of several has let go; letting go twice counts once", async () => {
    const { begin } = await runsWith();
    const run = begin([started]);
    const [one, two] = [run.attach(), run.attach()];
    one();
    one();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(run.status).toBe("running");
    two();
    await vi.advanceTimersByTimeAsync(30_000);
    await run.settled;
    expect(run.status).toBe("cancelled");
  });

  test("leaves no timer behind when it ends by itself", async () => {
    const { begin } = await runsWith();
    const run = begin(hello);
    run.attach()();
    await run.ended;
    expect(vi.getTimerCount()).toBe(0);
    run.attach()();
    expect(vi.getTimerCount()).toBe(0);
  });

  test("is cancelled while it waits for its turn, too, and is then in no store", async () => {
    const { runs, store, begin } = await runsWith();
    const run = begin(hello, { acquire: (signal) => aborted(signal) });
    run.attach()();
    await vi.advanceTimersByTimeAsync(30_000);
    await run.settled;
    await expect(run.accepted).rejects.toMatchObject({ code: "cancelled" });
    expect(await store.find(run.id)).toBeUndefined();
    expect(await runs.get(run.id, owner)).toMatchObject({ status: "cancelled", error: { code: "cancelled" } });
  });
});

describe("the events of an ended run", () => {
  test("are the very ones that were sent, for ten minutes", async () => {
    const { runs, clock, begin } = await runsWith();
    const run = begin(hello);
    await untilEnded(run);
    clock.now += 600_000 - 1;
    expect(await runs.open(run.id, owner, false)).toBe(run);
    expect(typesOf(await eventsOf(run, 2))).toEqual(["text", "finished"]);
  });

  test("are gone after that for one who comes back in the middle; from the start they are told anew, the text in one piece", async () => {
    const { runs, clock, begin } = await runsWith();
    const run = begin(hello);
    await untilEnded(run);
    clock.now += 600_000;
    await expect(runs.open(run.id, owner, false)).rejects.toMatchObject({ code: "not_found" });
    const again = await runs.open(run.id, owner, true);
    expect(again).not.toBe(run);
    expect(await eventsOf(again)).toMatchObject([{ type: "started", model: "m" }, { type: "text", text: "Hello" }, { type: "finished", finishReason: "stop", usage: { inputTokens: 3, outputTokens: 4 } }]);
  });

  test("make way for younger ones when together they take more memory than they may, the oldest first", async () => {
    const { runs, begin } = await runsWith({ retentionBytes: 35_000 });
    const all: Run[] = [];
    for (let i = 0; i < 3; i++) {
      const run = begin([started, text("x".repeat(10_000)), finished]);
      await untilEnded(run);
      all.push(run);
    }
    const [first, second, third] = all as [Run, Run, Run];
    await expect(runs.open(first.id, owner, false)).rejects.toMatchObject({ code: "not_found" });
    expect(await runs.open(second.id, owner, false)).toBe(second);
    expect(await runs.open(third.id, owner, false)).toBe(third);
    expect(typesOf(await eventsOf(await runs.open(first.id, owner, true)))).toEqual(["started", "text", "finished"]);
  });

  test("of one that nobody streamed have the same ids whenever they are read: it can be entered anywhere", async () => {
    const { runs, begin } = await runsWith();
    const run = begin(hello, { isStreamed: false });
    await untilEnded(run);
    expect(typesOf(await eventsOf(await runs.open(run.id, owner, false), 1))).toEqual(["text", "finished"]);
  });

  test("are not for a key that may not see the run, kept or not", async () => {
    const { runs, clock, begin } = await runsWith();
    const run = begin(hello);
    await untilEnded(run);
    for (const _ of ["kept", "gone"]) {
      await expect(runs.open(run.id, team, true)).rejects.toMatchObject({ code: "not_found" });
      await expect(runs.get(run.id, team)).rejects.toMatchObject({ code: "not_found" });
      clock.now += 600_000;
    }
  });

  test("of one that failed end with what it failed of, also when they are told anew", async () => {
    const { runs, clock, begin } = await runsWith();
    const provider: Provider = {
      ...scripted([]),
      async *generate() {
        yield [started];
        throw new GatewayError("provider_error", "The provider broke.");
      },
    };
    const run = begin([], { provider });
    await untilEnded(run);
    clock.now += 600_000;
    const events = await eventsOf(await runs.open(run.id, owner, true));
    expect(events.filter(isTerminal)).toMatchObject([{ type: "failed", error: { code: "provider_error", message: "The provider broke." } }]);
    expect(events.at(-1)?.type).toBe("failed");
  });
});

describe("a store that fails when the run ends", () => {
  const outOfOrder = new GatewayError("service_unavailable", "The database cannot be used right now.", { retryAfterSeconds: 5 });
  /** Fails so many times, then works. */
  const failing = (times: number) => (store: RunStore): RunStore => ({
    ...store,
    finish: (end) => (times-- > 0 ? Promise.reject(outOfOrder) : store.finish(end)),
  });

  test("makes it a failed run, with exactly one terminal event, and no answer in the session", async () => {
    const { runs, begin, messagesOf } = await runsWith({ storeWith: failing(1) });
    const run = begin(hello, { inSession: true });
    const read = eventsOf(run);
    await expect(run.ended).rejects.toBe(outOfOrder);
    const events = await read;
    expect(events.filter(isTerminal)).toMatchObject([{ type: "failed", error: { code: "service_unavailable" } }]);
    expect(events.at(-1)?.type).toBe("failed");
    expect(await runs.get(run.id, owner)).toMatchObject({ status: "failed", messageId: null, content: "", error: { code: "service_unavailable" } });
    expect(await messagesOf(run.identity.sessionId)).toEqual([["user", "Hi"]]);
  });

  test("and goes on failing, does no more", async () => {
    const { begin } = await runsWith({ storeWith: failing(Infinity) });
    const run = begin(hello);
    const events = await eventsOf(run);
    expect(typesOf(events)).toEqual(["started", "text", "text", "failed"]);
    expect(run.failure).toBe(outOfOrder);
  });

  test("for good: what is told of the run is how it ended, not that it runs", async () => {
    const { runs, begin } = await runsWith({ storeWith: failing(Infinity) });
    const run = begin(hello, { isStreamed: false });
    await untilEnded(run);
    expect(await runs.get(run.id, owner)).toMatchObject({ status: "failed", error: { code: "service_unavailable" } });
  });

  test("leaves a run running in it, which the next start finds and marks", async () => {
    const { store, begin } = await runsWith({ storeWith: failing(Infinity) });
    const run = begin(hello);
    await run.settled;
    expect(await store.failLeftRunning(5)).toBe(1);
    expect(await store.find(run.id)).toMatchObject({ status: "failed", finishedAt: 5, error: { code: "service_unavailable" } });
  });
});

test("a store that cannot take the request refuses it: no event, and the model is not asked", async () => {
  const refusal = new GatewayError("conflict", "The session was made meanwhile.");
  const { begin } = await runsWith({ storeWith: (store) => ({ ...store, begin: () => Promise.reject(refusal) }) });
  const asked = vi.fn<Provider["generate"]>();
  const provider: Provider = { ...scripted([]), generate: asked };
  const run = begin([], { provider });
  await expect(run.accepted).rejects.toBe(refusal);
  await expect(run.begun).rejects.toBe(refusal);
  expect(asked).not.toHaveBeenCalled();
  expect(typesOf(await eventsOf(run))).toEqual(["failed"]);
});

test("an answer that will not end is ended as too long, stored so far, and the model is let go of", async () => {
  const { runs, begin } = await runsWith();
  function* endless(): Generator<ModelEvent> {
    yield started;
    for (;;) yield text("x".repeat(1024 * 1024));
  }
  const provider = scripted(endless());
  const run = begin([], { provider });
  const { finished: end, content } = await run.ended;
  expect(end).toMatchObject({ finishReason: "length", usage: { outputTokens: content.length / 4 } });
  expect(content.length).toBeGreaterThanOrEqual(16 * 1024 * 1024);
  expect(content.length).toBeLessThan(18 * 1024 * 1024);
  await settle();
  expect(provider.wasLeft).toBe(true);
  const record = await runs.get(run.id, owner);
  expect([record.status, record.finishReason, record.content.length]).toEqual(["completed", "length", content.length]);
  expect((await eventsOf(run)).filter(isTerminal)).toHaveLength(1);
});

describe("cancel", () => {
  test("resolves when the end is stored, not before", async () => {
    const gate = Promise.withResolvers<void>();
    const { runs, begin } = await runsWith({
      storeWith: (store) => ({
        ...store,
        async finish(end) {
          await gate.promise;
          return store.finish(end);
        },
      }),
    });
    const run = begin([started, text("So far")]);
    await settle();
    let isDone = false;
    const cancelled = runs.cancel(run.id, owner).then(() => (isDone = true));
    await settle();
    expect([isDone, run.status]).toEqual([false, "running"]);
    gate.resolve();
    await cancelled;
    expect(await runs.get(run.id, owner)).toMatchObject({ status: "cancelled", content: "So far" });
  });

  test("comes too late for a run that is storing its answer: that one is completed", async () => {
    const gate = Promise.withResolvers<void>();
    const { runs, begin } = await runsWith({
      storeWith: (store) => ({
        ...store,
        async finish(end) {
          await gate.promise;
          return store.finish(end);
        },
      }),
    });
    const run = begin(hello);
    await settle();
    const cancelled = runs.cancel(run.id, owner);
    await settle();
    gate.resolve();
    await cancelled;
    expect(await runs.get(run.id, owner)).toMatchObject({ status: "completed", content: "Hello" });
    expect(typesOf(await eventsOf(run))).toEqual(["started", "text", "text", "finished"]);
  });

  test("changes nothing about one that has ended, and knows none of another key's", async () => {
    const { runs, begin } = await runsWith();
    const [ended, running] = [begin(hello), begin([started])];
    await ended.ended;
    await runs.cancel(ended.id, owner);
    expect(await runs.get(ended.id, owner)).toMatchObject({ status: "completed" });
    await settle();
    await expect(runs.cancel(running.id, team)).rejects.toMatchObject({ code: "not_found" });
    await expect(runs.cancel("run_nobody", owner)).rejects.toMatchObject({ code: "not_found" });
    expect(running.status).toBe("running");
  });

  test("ends a run whose reader has stopped reading", async () => {
    const { runs, begin } = await runsWith();
    const run = begin([started, ...Array.from({ length: 600 }, () => text("x".repeat(1024)))]);
    const reader = run.log.read(0, new AbortController().signal);
    await reader.next();
    await settle();
    expect(run.log.isFull).toBe(true);
    await runs.cancel(run.id, owner);
    expect(run.status).toBe("cancelled");
    await reader.return(undefined);
  });
});

describe("the runs of a workspace that is deleted", () => {
  test("end, and then their events are forgotten; those of others go on", async () => {
    const { runs, begin } = await runsWith();
    const [ended, gone] = [begin(hello), begin([started, text("Hel")])];
    await untilEnded(ended);
    const other = begin([started], { workspaceId: "team" });
    await other.begun;
    await gone.begun;

    await runs.cancelIn("default");
    expect([gone.status, gone.failure?.message, other.status]).toEqual(["cancelled", expect.stringContaining("`default` was deleted"), "running"]);
    await settle();
    runs.forgetIn("default");
    for (const { id } of [ended, gone]) await expect(runs.open(id, owner, false)).rejects.toMatchObject({ code: "not_found" });
    expect(await runs.open(other.id, owner, false)).toBe(other);
    await runs.cancelIn("team");
  });
});

describe("drain", () => {
  test("lets what is under way end by itself", async () => {
    const { runs, begin } = await runsWith();
    const gate = Promise.withResolvers<void>();
    const provider: Provider = {
      ...scripted([]),
      async *generate() {
        yield [started];
        await gate.promise;
        yield [finished];
      },
    };
    const run = begin([], { provider });
    await settle();
    let isDrained = false;
    const drained = runs.drain(30_000).then(() => (isDrained = true));
    await vi.advanceTimersByTimeAsync(29_999);
    expect([isDrained, run.status]).toEqual([false, "running"]);
    gate.resolve();
    await drained;
    expect(run.status).toBe("completed");
    expect(vi.getTimerCount()).toBe(0);
  });

  test("ends what has not ended by then, with an error that says to come back, and resolves when that is stored", async () => {
    const { runs, begin, messagesOf } = await runsWith();
    const [hanging, queued] = [begin([started, text("Half")], { inSession: true }), begin(hello, { acquire: (signal) => aborted(signal) })];
    hanging.keep();
    await settle();
    const drained = runs.drain(30_000);
    await vi.advanceTimersByTimeAsync(30_000);
    await drained;
    for (const run of [hanging, queued]) {
      expect((await eventsOf(run)).filter(isTerminal)).toMatchObject([{ type: "failed", error: { code: "service_unavailable", retryAfterSeconds: 5, message: expect.stringContaining("come back") } }]);
    }
    expect(await runs.get(hanging.id, owner)).toMatchObject({ status: "failed", content: "", messageId: null, error: { code: "service_unavailable" } });
    expect(await messagesOf(hanging.identity.sessionId)).toEqual([["user", "Hi"]]);
  });

  test("waits for runs that begin while it waits, and ends those with the others", async () => {
    const { runs, begin } = await runsWith();
    const first = begin([started]);
    await settle();
    const drained = runs.drain(30_000);
    const second = begin([started]);
    await settle();
    await vi.advanceTimersByTimeAsync(30_000);
    await drained;
    expect([first.status, second.status]).toEqual(["failed", "failed"]);
  });

  test("of nothing is done at once", async () => {
    const { runs } = await runsWith();
    await runs.drain(30_000);
    expect(vi.getTimerCount()).toBe(0);
  });
});
