import { beforeEach, describe, expect, test } from "vitest";
import { GatewayError } from "../errors.ts";
import type { CronFire } from "./job.ts";
import { cronOn, pass, settingsJob, settle, sharedUrl, sleep, stopClock } from "./testing.ts";

beforeEach(() => stopClock("2026-05-01T08:59:58.000Z"));

const daily = { id: "job", schedule: "0 9 * * *", message: "Good morning" };
const everySecond = { id: "job", schedule: "* * * * * *", message: "Tick" };

describe("by the clock", () => {
  test("a job runs at its time, once, and is set to the next", async () => {
    const { cron, turns, owner, history, nextRunAt } = await cronOn();
    await cron.create(owner, { ...daily, workspaceId: "team", agentId: "other" });
    await pass(1);
    expect(turns).toHaveLength(0);
    await pass(1);
    expect(turns).toMatchObject([{ message: "Good morning", channel: "cron", sessionId: "cron_job", workspaceId: "team", agentId: "other", keep: true, principal: { keyId: "key_1", workspaces: ["team"] } }]);
    expect(await cron.get(owner, "job")).toMatchObject({ lastStatus: "running", lastRunAt: Date.parse("2026-05-01T09:00:00Z") });
    expect(await nextRunAt("job")).toBe("2026-05-02T09:00:00.000Z");
    turns[0]!.answer();
    await pass(90);
    expect(turns).toHaveLength(1);
    expect(await history("job")).toEqual(["completed"]);
    expect((await cron.fires(owner, "job", { limit: 1 })).items).toMatchObject([{ runId: turns[0]!.run.id, scheduledFor: Date.parse("2026-05-01T09:00:00Z"), finishedAt: expect.any(Number) }]);
  });

  test("a job that is far off, farther than a timer goes, runs at its time", async () => {
    const { cron, turns, owner } = await cronOn();
    await cron.create(owner, { id: "job", at: Date.parse("2026-07-01T00:00:00Z"), message: "At last" });
    await pass(120);
    expect(turns).toHaveLength(0);
    sleep((Date.parse("2026-07-01T00:00:00Z") - Date.now()) / 1000 - 30);
    await pass(61);
    expect(turns).toHaveLength(1);
  });

  test("every runs in even steps from when it was made", async () => {
    const { cron, turns, owner } = await cronOn();
    await cron.create(owner, { id: "job", everyMs: 3000, message: "Tick", overlap: "allow" });
    await pass(10);
    expect(turns.map(({ run }) => new Date(run.identity.createdAt).toISOString().slice(17, 19))).toEqual(["01", "04", "07"]);
  });

  test("a moment fires once; and the job goes, if it was to", async () => {
    const { cron, turns, owner, store } = await cronOn();
    const at = Date.now() + 1000;
    await cron.create(owner, { id: "stays", at, message: "Once" });
    await cron.create(owner, { id: "goes", at, message: "Once", deleteAfterRun: true });
    await pass(2);
    expect(turns).toHaveLength(2);
    turns.forEach(({ answer }) => answer());
    await pass(90);
    expect(turns).toHaveLength(2);
    expect(await cron.get(owner, "stays")).toMatchObject({ nextRunAt: null, lastStatus: "completed" });
    expect(await store.find("goes")).toBeUndefined();
  });

  test("a job that is switched off does not run, and one that is switched on again runs at its next time", async () => {
    const { cron, turns, owner, nextRunAt } = await cronOn();
    await cron.create(owner, { ...everySecond, enabled: false });
    await pass(3);
    expect([turns.length, await nextRunAt("job")]).toEqual([0, null]);
    await cron.update(owner, "job", { enabled: true });
    await pass(1);
    expect(turns).toHaveLength(1);
  });

  test("a job that is deleted runs no more", async () => {
    const { cron, turns, owner } = await cronOn();
    await cron.create(owner, daily);
    await cron.delete(owner, "job");
    await pass(5);
    expect(turns).toHaveLength(0);
  });
});

describe("two instances on one database", () => {
  test("run each fire once between them", async () => {
    const url = sharedUrl();
    const first = await cronOn(url);
    const second = await cronOn(url);
    await first.cron.create(first.owner, { ...everySecond, overlap: "allow" });
    // The second learns of it within a minute; from then on both watch.
    await pass(61);
    const fromHere = (await first.history("job")).length;
    for (let time = 0; time < 20; time++) {
      for (const { answer, run } of [...first.turns, ...second.turns]) if (run.status === "running") answer();
      await pass(1);
    }
    const { items } = await first.cron.fires(first.owner, "job", { limit: 100 });
    expect(items.length - fromHere).toBe(20);
    expect(new Set(items.map(({ scheduledFor }) => scheduledFor)).size).toBe(items.length);
    const ran = items.filter(({ status }) => status !== "skipped").length;
    expect(first.turns.length + second.turns.length).toBe(ran);
  });

  test("claiming the same fire at the same moment, one has it", async () => {
    const url = sharedUrl();
    const all: Awaited<ReturnType<typeof cronOn>>[] = [];
    for (let count = 0; count < 4; count++) all.push(await cronOn(url, { isWatching: false }));
    await all[0]!.cron.create(all[0]!.owner, daily);
    const nextAt = Date.parse("2026-05-01T09:00:00Z");
    const outcomes = await Promise.all(all.map(({ fires }, index) => fires.claim({ fire: fireOf(nextAt, `fire_${index}`), mostRunning: 1, runningSince: 0 }, { nextAt, following: nextAt + 86_400_000 })));
    expect(outcomes.sort()).toEqual(["claimed", "taken", "taken", "taken"]);
  });

  test("a clock that is set to the same time again does not fire it again", async () => {
    const { fires, store, cron, owner } = await cronOn(undefined, { isWatching: false });
    await cron.create(owner, daily);
    const nextAt = Date.parse("2026-05-01T09:00:00Z");
    expect(await fires.claim({ fire: fireOf(nextAt, "fire_1"), mostRunning: 10, runningSince: 0 }, { nextAt, following: null })).toBe("claimed");
    await store.setClocks([{ jobId: "job", timing: "", nextAt }]);
    expect(await fires.claim({ fire: fireOf(nextAt, "fire_2"), mostRunning: 10, runningSince: 0 }, { nextAt, following: null })).toBe("taken");
    expect(await fires.due(nextAt, [])).toEqual([]);
  });

  test("a job that must not overlap is skipped when it runs in the other", async () => {
    const url = sharedUrl();
    const first = await cronOn(url);
    await first.cron.create(first.owner, daily);
    const second = await cronOn(url);
    await first.cron.run(first.owner, "job");
    await expect(second.cron.run(second.owner, "job")).rejects.toMatchObject({ code: "conflict" });
  });
});

describe("what was missed while the gateway was down", () => {
  async function restartAfter(seconds: number, job: object) {
    const url = sharedUrl();
    const before = await cronOn(url);
    await before.cron.create(before.owner, { ...daily, ...job });
    await before.cron.stop();
    sleep(seconds);
    return cronOn(url).then(async (after) => {
      await pass(1);
      return after;
    });
  }

  test("none: is left out, and the clock goes on", async () => {
    const { turns, history, nextRunAt } = await restartAfter(3 * 86_400, {});
    expect([turns.length, await history("job"), await nextRunAt("job")]).toEqual([0, [], "2026-05-04T09:00:00.000Z"]);
  });

  test("once: is made good by one run", async () => {
    const { turns, cron, owner, nextRunAt } = await restartAfter(3 * 86_400, { catchUp: "once" });
    expect(turns).toHaveLength(1);
    expect((await cron.fires(owner, "job", { limit: 10 })).items).toMatchObject([{ scheduledFor: Date.parse("2026-05-01T09:00:00Z"), status: "running" }]);
    expect(await nextRunAt("job")).toBe("2026-05-04T09:00:00.000Z");
  });

  test("what is late by less than a minute was not missed", async () => {
    expect((await restartAfter(50, {})).turns).toHaveLength(1);
  });

  test("a moment is made good, unless told otherwise", async () => {
    const at = { schedule: undefined, at: Date.parse("2026-05-01T09:00:00Z") };
    expect((await restartAfter(7200, at)).turns).toHaveLength(1);
    expect((await restartAfter(7200, { ...at, at: Date.now() + 1000, catchUp: "none" })).turns).toHaveLength(0);
  });

  test("a job of the settings is made good as well", async () => {
    const url = sharedUrl();
    const jobs = [settingsJob({ catchUp: "once" })];
    await (await cronOn(url, { jobs })).cron.stop();
    sleep(7200);
    const { turns } = await cronOn(url, { jobs });
    await pass(1);
    expect(turns).toHaveLength(1);
  });
});

describe("a run", () => {
  test("that is still going on has the next fire skipped, and the job shows what runs", async () => {
    const { cron, turns, owner, history } = await cronOn();
    await cron.create(owner, everySecond);
    await pass(4);
    expect(turns).toHaveLength(1);
    expect(await history("job")).toEqual(["running", ...Array(3).fill("skipped: The job was still running.")]);
    expect((await cron.get(owner, "job")).lastStatus).toBe("running");
    await expect(cron.run(owner, "job")).rejects.toMatchObject({ code: "conflict", message: "The job `job` is running already." });
    turns[0]!.answer();
    await pass(1);
    expect(turns).toHaveLength(2);
  });

  test("may have ten beside it where that is allowed", async () => {
    const { cron, turns, owner } = await cronOn();
    await cron.create(owner, { ...everySecond, overlap: "allow", sessionId: null });
    await pass(15);
    expect(turns).toHaveLength(10);
    expect(turns[0]!.sessionId).toBeNull();
  });

  test("that takes too long is ended", async () => {
    const { cron, turns, owner, history } = await cronOn();
    await cron.create(owner, { ...daily, timeoutMs: 5000 });
    await pass(6);
    expect(turns[0]!.run.signal.aborted).toBe(false);
    await pass(2);
    expect(turns[0]!.run.signal.reason).toMatchObject({ code: "timeout" });
    expect(await history("job")).toEqual(["timeout: The job took longer than 5000 ms."]);
  });

  test("that fails, is cancelled or cannot begin says why, and the next one begins", async () => {
    const { cron, turns, owner, history, refusal } = await cronOn();
    await cron.create(owner, everySecond);
    await pass(1);
    turns[0]!.run.abort(new GatewayError("cancelled", "The run was cancelled."));
    await pass(1);
    turns[1]!.run.abort(new GatewayError("provider_error", "The model provider `openai` failed."));
    refusal.next = new GatewayError("bad_request", "There is no agent `gone`.");
    await pass(1);
    refusal.next = null;
    await pass(1);
    expect(await history("job")).toEqual(["cancelled: The run was cancelled.", "failed: The model provider `openai` failed.", "failed: There is no agent `gone`.", "running"]);
  });

  test("a hundred fires are kept, and the one that runs", async () => {
    const { cron, turns, owner } = await cronOn();
    await cron.create(owner, everySecond);
    await pass(150);
    const { items, nextCursor } = await cron.fires(owner, "job", { limit: 100 });
    expect([items.length, items.every(({ status }) => status === "skipped")]).toEqual([100, true]);
    expect((await cron.fires(owner, "job", { limit: 100, cursor: nextCursor! })).items).toMatchObject([{ status: "running" }]);
    turns[0]!.answer();
    await settle();
    expect(await cron.get(owner, "job")).toMatchObject({ lastStatus: "completed" });
  });
});

describe("an end of the process", () => {
  test("between the fire key and the run: the fire is marked, not run again, and does not stand in the way of the next", async () => {
    const url = sharedUrl();
    const before = await cronOn(url, { isWatching: false });
    await before.cron.create(before.owner, daily);
    const nextAt = Date.parse("2026-05-01T09:00:00Z");
    sleep(2);
    await before.fires.claim({ fire: fireOf(nextAt, "fire_0"), mostRunning: 1, runningSince: 0 }, { nextAt, following: nextAt + 86_400_000 });

    const after = await cronOn(url);
    await pass(61);
    expect(after.turns).toHaveLength(0);
    expect(await after.history("job")).toEqual(["failed: The gateway was stopped in the middle of the run."]);
    sleep(86_400 - 120);
    await pass(61);
    expect(after.turns).toHaveLength(1);
  });

  test("of another instance: its run is in the way until it would have timed out", async () => {
    const url = sharedUrl();
    const other = await cronOn(url, { isWatching: false });
    const { cron, owner } = await cronOn(url);
    await cron.create(owner, { ...daily, timeoutMs: 60_000 });
    expect(await other.fires.claim({ fire: { ...fireOf(0, "fire_0"), scheduledFor: null, startedAt: Date.now() }, mostRunning: 1, runningSince: 0 }, null)).toBe("claimed");
    sleep(119);
    await expect(cron.run(owner, "job")).rejects.toMatchObject({ code: "conflict" });
    sleep(2);
    expect(await cron.run(owner, "job")).toMatch(/^run_/);
  });

  test("in order: nothing begins any more, and what is under way is waited for and noted", async () => {
    const { cron, turns, owner, history } = await cronOn();
    await cron.create(owner, everySecond);
    await pass(1);
    let hasStopped = false;
    const stopped = cron.stop().then(() => (hasStopped = true));
    await pass(5);
    expect([turns.length, hasStopped]).toEqual([1, false]);
    turns[0]!.answer();
    await stopped;
    expect(await history("job")).toEqual(["completed"]);
  });

  test("a run that slips through while it stops is ended", async () => {
    const { cron, turns, owner, history } = await cronOn(undefined, { isWatching: false });
    await cron.create(owner, daily);
    await cron.stop();
    await cron.run(owner, "job");
    await settle();
    expect(turns[0]!.run.signal.aborted).toBe(true);
    expect(await history("job")).toEqual(["failed: The gateway is stopping."]);
  });
});

test("a job that cannot be fired holds no other up, and is tried again", async () => {
  const { cron, turns, owner, database } = await cronOn();
  await cron.create(owner, daily);
  await cron.create(owner, { ...daily, id: "sound" });
  await database.kysely.updateTable("cron_jobs").set({ timing: '{"kind":"schedule","schedule":"0 9 * * *","timezone":"Gone/Zone"}' }).where("id", "=", "job").execute();
  await pass(3);
  expect(turns.map(({ sessionId }) => sessionId)).toEqual(["cron_sound"]);
  // Neither does it hold up a start, or other settings.
  await cron.use([]);
  await database.kysely.updateTable("cron_jobs").set({ timing: '{"kind":"schedule","schedule":"0 9 * * *","timezone":"UTC"}' }).where("id", "=", "job").execute();
  await pass(6);
  expect(turns.map(({ sessionId }) => sessionId)).toEqual(["cron_sound", "cron_job"]);
});

test("a job whose workspace is gone does not fire", async () => {
  const url = sharedUrl();
  const before = await cronOn(url);
  await before.cron.stop();
  await before.database.kysely.deleteFrom("workspaces").where("id", "=", "team").execute();
  const { turns, nextRunAt, history } = await cronOn(url, { ids: ["default"], jobs: [settingsJob({ workspace: "team" })] });
  await pass(3);
  expect([turns.length, await history("standup"), await nextRunAt("standup")]).toEqual([0, [], "2026-05-02T09:00:00.000Z"]);
});

function fireOf(scheduledFor: number, id: string): CronFire {
  return { id, jobId: "job", workspaceId: "default", scheduledFor, status: "running", runId: null, error: null, startedAt: scheduledFor, finishedAt: null };
}
