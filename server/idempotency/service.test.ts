import pino from "pino";
import { expect, test, vi } from "vitest";
import { GatewayError } from "../errors.ts";
import { testPrincipal } from "../keys/testing.ts";
import { createEventWriter } from "../events/writer.ts";
import { createRunStore, type RunRecord } from "../runs/store.ts";
import { newRun } from "../runs/testing.ts";
import { temporaryDatabase } from "../storage/testing.ts";
import { createIdempotency, type Claim } from "./service.ts";
import { createIdempotencyStore, type IdempotencyStore } from "./store.ts";

const dayMs = 86_400_000;
const request = { principal: testPrincipal(), idempotencyKey: "one", fingerprint: "a", ifCutOff: null };

/** A service on a database, with the runs that a test gives it and a clock that it moves. */
async function start({ database, overrides = {} }: { database?: Awaited<ReturnType<typeof temporaryDatabase>>; overrides?: Partial<IdempotencyStore> } = {}) {
  const used = database ?? (await temporaryDatabase());
  const clock = { at: 10 * dayMs };
  const logged: unknown[] = [];
  const known = new Map<string, RunRecord>();
  const idempotency = await createIdempotency({
    store: { ...createIdempotencyStore({ database: used }), ...overrides },
    runs: {
      async get(id) {
        const run = known.get(id);
        if (!run) throw new GatewayError("not_found", `There is no run \`${id}\`.`);
        return run;
      },
    },
    log: pino({ base: null, timestamp: false }, { write: (line: string) => void logged.push(JSON.parse(line)) }),
    now: () => clock.at,
  });
  const claimNew = async (asked = request) => {
    const claim = await idempotency.claim(asked);
    if (claim.state !== "new") throw new Error(`it is ${claim.state}`);
    return claim;
  };
  const rows = () => used.kysely.selectFrom("idempotency_keys").select(["idempotency_key as key", "status"]).orderBy("idempotency_key").execute();
  return { idempotency, clock, database: used, known, logged, claimNew, rows };
}

test("of two claims at once one is new, and the other is refused for a second", async () => {
  const { idempotency } = await start();
  const [first, second] = await Promise.allSettled([idempotency.claim(request), idempotency.claim(request)]);
  expect(first).toMatchObject({ status: "fulfilled", value: { state: "new" } });
  expect(second).toMatchObject({ status: "rejected", reason: { code: "conflict", retryAfterSeconds: 1 } });
});

test("an answer is kept for the same request of the same key, for 24 hours", async () => {
  const { idempotency, claimNew, clock } = await start();
  await (await claimNew()).outcome.answered("first");
  clock.at += dayMs - 1;
  expect(await idempotency.claim(request)).toEqual({ state: "answered", answer: "first" });
  const refused = idempotency.claim({ ...request, fingerprint: "b" });
  await expect(refused).rejects.toMatchObject({ code: "conflict", retryAfterSeconds: undefined });
  await claimNew({ ...request, principal: testPrincipal({ keyId: "key_2" }) });
  clock.at += 1;
  await (await claimNew({ ...request, fingerprint: "b" })).outcome.answered("second");
  expect(await idempotency.claim({ ...request, fingerprint: "b" })).toEqual({ state: "answered", answer: "second" });
});

test("a stream, and what was said in a session, is told by its run; while that runs, the request is under way", async () => {
  const { idempotency, claimNew, known } = await start();
  const answerWith = async (idempotencyKey: string, answer: string | null, record: Partial<RunRecord>) => {
    const asked = { ...request, idempotencyKey };
    const { run, outcome } = await claimNew(asked);
    known.set(run.id, newRun({ id: run.id, ...record }));
    await outcome.answered(answer);
    return { asked, run };
  };
  const stream = await answerWith("stream", null, { status: "running" });
  await expect(idempotency.claim(stream.asked)).rejects.toMatchObject({ code: "conflict", retryAfterSeconds: 1 });
  known.set(stream.run.id, newRun({ id: stream.run.id, status: "completed" }));
  expect(await idempotency.claim(stream.asked)).toEqual({ state: "run", run: { id: stream.run.id, hasBegun: true } });

  const session = await answerWith("session", "text", { status: "completed", sessionId: "sess_1" });
  expect(await idempotency.claim(session.asked)).toEqual({ state: "run", run: { id: session.run.id, hasBegun: true } });
  const loose = await answerWith("loose", "text", { status: "completed", sessionId: null });
  expect(await idempotency.claim(loose.asked)).toEqual({ state: "answered", answer: "text" });
});

test.each<[what: string, run: Partial<RunRecord> | null, state: Claim["state"]]>([
  ["made no run", null, "new"],
  ["has a run that failed", { status: "failed" }, "new"],
  ["has a run that failed after a tool was called", { status: "failed", toolCalls: [{ callId: "c", name: "write", input: {}, output: "", isError: false }] }, "run"],
  ["has a run that ended well", { status: "completed" }, "run"],
])("a request that failed and %s", async (_what, run, state) => {
  const { idempotency, claimNew, known } = await start();
  const claim = await claimNew();
  if (run) known.set(claim.run.id, newRun({ id: claim.run.id, ...run }));
  await claim.outcome.failed();
  expect((await idempotency.claim(request)).state).toBe(state);
});

test("at start, what was cut off before it had a run begins anew; what had one is told by it", async () => {
  const { claimNew, database, rows } = await start();
  await claimNew({ ...request, idempotencyKey: "without" });
  const { run } = await claimNew({ ...request, idempotencyKey: "with" });
  await (await claimNew({ ...request, idempotencyKey: "answered" })).outcome.answered("text");
  await createRunStore({ database, events: createEventWriter({ database }) }).begin({ run: newRun({ id: run.id }), session: null, userMessage: null });
  await start({ database });
  expect(await rows()).toEqual([{ key: "answered", status: "answered" }, { key: "with", status: "run" }]);
});

test("what is older than 24 hours is deleted at start", async () => {
  const { claimNew, clock, database, rows } = await start();
  clock.at -= 2 * dayMs;
  await (await claimNew({ ...request, idempotencyKey: "old" })).outcome.answered("text");
  clock.at += 2 * dayMs;
  await (await claimNew({ ...request, idempotencyKey: "young" })).outcome.answered("text");
  await start({ database });
  await vi.waitFor(async () => expect(await rows()).toEqual([{ key: "young", status: "answered" }]));
});

test("an answer that cannot be stored is no fault of the request; the log has it", async () => {
  const { claimNew, logged } = await start({ overrides: { settle: () => Promise.reject(new Error("the disk is full")) } });
  await (await claimNew()).outcome.answered("text");
  expect(logged).toEqual([expect.objectContaining({ keyId: "key_1", err: expect.objectContaining({ message: "the disk is full" }) })]);
});
