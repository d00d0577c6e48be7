import { beforeEach, describe, expect, test } from "vitest";
import { GatewayError } from "../errors.ts";
import { testPrincipal } from "../keys/testing.ts";
import { cronOn, pass, settingsJob, sharedUrl, stopClock } from "./testing.ts";

beforeEach(() => stopClock("2026-05-01T08:59:58.000Z"));

const daily = { id: "job", schedule: "0 9 * * *", message: "Good morning" };
const ofTeam = testPrincipal({ keyId: "key_team", workspaces: ["team"], permissions: new Set(["cron:read", "cron:write"]) });

describe("a new job", () => {
  test("has an id, a session of its own and the key's home where nothing is said", async () => {
    const { cron } = await cronOn();
    const job = await cron.create(ofTeam, { message: "Hello", everyMs: 60_000 });
    expect(job).toMatchObject({ id: expect.stringMatching(/^job_/), sessionId: `cron_${job.id}`, workspaceId: "team", agentId: null, catchUp: "none", overlap: "skip", timeoutMs: 600_000, enabled: true, nextRunAt: Date.now() + 60_000, lastRunAt: null });
  });

  test.each([
    [{}, "/schedule"],
    [{ schedule: "0 9 * * *", everyMs: 1000 }, "/everyMs"],
    [{ schedule: "0 0 30 2 *" }, "/schedule"],
    [{ schedule: "0 9 * * *", timezone: "Mars/Base" }, "/timezone"],
    [{ everyMs: 1000, timezone: "UTC" }, "/timezone"],
    [{ at: 0 }, "/at"],
    [{ schedule: "0 9 * * *", agentId: "nobody" }, "/agent"],
  ])("%j is refused at %s", async (wanted, path) => {
    const { cron, owner } = await cronOn();
    await expect(cron.create(owner, { message: "Hello", ...wanted })).rejects.toMatchObject({ code: "bad_request", details: { errors: [{ path }] } });
    expect((await cron.list(owner, { limit: 10 })).items).toEqual([]);
  });

  test("takes no id that a stored job or one of the settings has", async () => {
    const { cron, owner } = await cronOn(undefined, { jobs: [settingsJob()] });
    await cron.create(owner, daily);
    for (const id of ["job", "standup"]) await expect(cron.create(owner, { ...daily, id })).rejects.toMatchObject({ code: "conflict" });
  });

  test("goes into no workspace of somebody else's, and into no session there", async () => {
    const { cron, database } = await cronOn();
    await expect(cron.create(ofTeam, { ...daily, workspaceId: "default" })).rejects.toMatchObject({ code: "not_found" });
    await database.kysely.insertInto("sessions").values({ id: "sess_x", workspace_id: "default", agent_id: "main", user_id: null, channel: "api", title: "", created_at: 1, last_active_at: 1, message_count: 0, tokens_used: 0 }).execute();
    await expect(cron.create(ofTeam, { ...daily, sessionId: "sess_x" })).rejects.toMatchObject({ code: "not_found" });
    // The owner may see both, but a job is of one workspace.
    await expect(cron.create(testPrincipal(), { ...daily, workspaceId: "team", sessionId: "sess_x" })).rejects.toMatchObject({ code: "not_found" });
  });
});

test("a job runs with the rights of the key that made it or changed it last, in its workspace only", async () => {
  const { cron, turns, owner } = await cronOn();
  await cron.create(owner, { ...daily, workspaceId: "team", overlap: "allow" });
  await cron.run(owner, "job");
  expect(turns[0]!.principal).toEqual({ ...owner, workspaces: ["team"] });
  await cron.update(ofTeam, "job", { message: "Something else" });
  await cron.run(owner, "job");
  expect(turns[1]).toMatchObject({ message: "Something else" });
  expect(turns[1]!.principal).toEqual({ ...ofTeam, workspaces: ["team"] });
});

test("a key sees and touches the jobs of its workspaces only", async () => {
  const { cron, owner } = await cronOn(undefined, { jobs: [settingsJob(), settingsJob({ id: "ours", workspace: "team" })] });
  await cron.create(owner, daily);
  await cron.create(ofTeam, { ...daily, id: "mine" });
  const ids = async (principal: typeof owner) => (await cron.list(principal, { limit: 10 })).items.map(({ id }) => id);
  expect([await ids(owner), await ids(ofTeam), await ids(testPrincipal({ workspaces: [] }))]).toEqual([["job", "mine", "ours", "standup"], ["mine", "ours"], []]);
  for (const id of ["job", "standup", "none"]) {
    const refusals = [cron.get(ofTeam, id), cron.update(ofTeam, id, {}), cron.delete(ofTeam, id), cron.fires(ofTeam, id, { limit: 1 }), cron.run(ofTeam, id)];
    for (const refusal of refusals) await expect(refusal).rejects.toMatchObject({ code: "not_found", message: `There is no cron job \`${id}\`.` });
  }
});

test("what is changed is changed, the rest stays; the clock moves only when its time is another", async () => {
  const { cron, owner, nextRunAt } = await cronOn();
  const made = await cron.create(owner, { ...daily, timezone: "Europe/Berlin" });
  const { updatedAt: _, ...before } = made;
  await pass(1);
  expect(await cron.update(owner, "job", { message: "Good evening", agentId: "other" })).toMatchObject({ ...before, message: "Good evening", agentId: "other" });
  await cron.update(owner, "job", { timezone: "UTC" });
  expect(await nextRunAt("job")).toBe("2026-05-01T09:00:00.000Z");
  await cron.update(owner, "job", { schedule: "30 10 * * *" });
  expect(await nextRunAt("job")).toBe("2026-05-01T10:30:00.000Z");
  await cron.update(owner, "job", { at: Date.parse("2026-06-01T00:00:00Z") });
  expect(await nextRunAt("job")).toBe("2026-06-01T00:00:00.000Z");
  await expect(cron.update(owner, "job", { timezone: "UTC" })).rejects.toMatchObject({ code: "bad_request" });
  await expect(cron.update(owner, "job", { agentId: "nobody" })).rejects.toMatchObject({ details: { agents: ["main", "other"] } });
});

test("every keeps its step when something else is changed", async () => {
  const { cron, owner, nextRunAt } = await cronOn();
  await cron.create(owner, { id: "job", everyMs: 60_000, message: "Tick" });
  await pass(10);
  await cron.update(owner, "job", { message: "Tock" });
  expect(await nextRunAt("job")).toBe("2026-05-01T09:00:58.000Z");
});

describe("a run by hand", () => {
  test("runs what is switched off, and moves no clock", async () => {
    const { cron, turns, owner, nextRunAt, history } = await cronOn();
    await cron.create(owner, { ...daily, enabled: false });
    expect(await cron.run(owner, "job")).toBe(turns[0]!.run.id);
    expect([await nextRunAt("job"), await history("job")]).toEqual([null, ["running"]]);
    expect((await cron.fires(owner, "job", { limit: 1 })).items[0]!.scheduledFor).toBeNull();
  });

  test("does not take away a job that still has its time to come", async () => {
    const { cron, turns, owner, store } = await cronOn();
    await cron.create(owner, { id: "job", at: Date.now() + 3_600_000, message: "Once", deleteAfterRun: true });
    await cron.run(owner, "job");
    turns[0]!.answer();
    await pass(1);
    expect(await store.find("job")).toBeDefined();
  });

  test("that cannot begin is a conflict which says why; a gateway that is busy says so itself", async () => {
    const { cron, owner, refusal, history } = await cronOn();
    await cron.create(owner, daily);
    refusal.next = new GatewayError("not_found", "There is no model `gone`.");
    await expect(cron.run(owner, "job")).rejects.toMatchObject({ code: "conflict", message: "The job `job` could not begin: There is no model `gone`." });
    refusal.next = new GatewayError("service_unavailable", "Not now.", { retryAfterSeconds: 5 });
    await expect(cron.run(owner, "job")).rejects.toMatchObject({ code: "service_unavailable" });
    expect(await history("job")).toEqual(["failed: There is no model `gone`.", "failed: Not now."]);
  });
});

describe("the jobs of the settings", () => {
  test("run with every right in their workspace, and are changed in the settings alone", async () => {
    const { cron, turns, owner } = await cronOn(undefined, { jobs: [settingsJob({ workspace: "team" })] });
    await pass(2);
    expect(turns).toMatchObject([{ message: "What is on today?", principal: { permissions: "*", workspaces: ["team"], isOwner: false } }]);
    for (const refusal of [cron.update(owner, "standup", {}), cron.delete(owner, "standup")]) await expect(refusal).rejects.toMatchObject({ code: "conflict", message: expect.stringContaining("cron.jobs") });
  });

  test("are exchanged while it runs: new ones run, old ones run no more, unchanged ones keep their clock", async () => {
    const { cron, turns, owner, nextRunAt } = await cronOn(undefined, { jobs: [settingsJob({ id: "old" }), settingsJob({ id: "stays", timing: { kind: "every", everyMs: 60_000 } })] });
    const before = await nextRunAt("stays");
    await pass(1);
    await cron.use([settingsJob({ id: "new" }), settingsJob({ id: "stays", timing: { kind: "every", everyMs: 60_000 }, message: "Other words" })]);
    await pass(3);
    expect(turns.map(({ sessionId }) => sessionId)).toHaveLength(1);
    await expect(cron.get(owner, "old")).rejects.toMatchObject({ code: "not_found" });
    expect(await cron.get(owner, "stays")).toMatchObject({ message: "Other words" });
    expect(await nextRunAt("stays")).toBe(before);
    expect((await cron.get(owner, "new")).lastStatus).toBe("running");
  });

  test("keep their clock over a restart", async () => {
    const url = sharedUrl();
    const jobs = [settingsJob({ timing: { kind: "every", everyMs: 3_600_000 } })];
    const first = await cronOn(url, { jobs });
    const before = await first.nextRunAt("standup");
    await first.cron.stop();
    await pass(30);
    expect(await (await cronOn(url, { jobs })).nextRunAt("standup")).toBe(before);
  });

  test("hide a stored job of the same id, which comes back with its own clock when they go", async () => {
    const { cron, owner, nextRunAt } = await cronOn();
    await cron.create(owner, { ...daily, id: "standup", schedule: "0 10 * * *" });
    await cron.use([settingsJob()]);
    expect((await cron.list(owner, { limit: 10 })).items).toMatchObject([{ id: "standup", source: "settings", nextRunAt: Date.parse("2026-05-01T09:00:00Z") }]);
    await cron.use([]);
    expect(await cron.get(owner, "standup")).toMatchObject({ source: "stored" });
    expect(await nextRunAt("standup")).toBe("2026-05-01T10:00:00.000Z");
  });
});

test("a job that takes an id over has none of the history of the one before", async () => {
  const { cron, turns, owner, history } = await cronOn();
  await cron.create(owner, daily);
  await cron.run(owner, "job");
  await cron.delete(owner, "job");
  turns[0]!.answer();
  await cron.create(owner, daily);
  expect(await history("job")).toEqual([]);
  expect(await cron.get(owner, "job")).toMatchObject({ lastRunAt: null, lastStatus: null });
});

test("lists page through all jobs, each once", async () => {
  const { cron, owner } = await cronOn(undefined, { jobs: ["b", "d", "f"].map((id) => settingsJob({ id })) });
  for (const id of ["a", "b2", "c", "e"]) await cron.create(owner, { ...daily, id });
  const seen: string[] = [];
  for (let cursor: string | undefined; ; ) {
    const { items, nextCursor } = await cron.list(owner, { limit: 2, cursor });
    seen.push(...items.map(({ id }) => id));
    if (nextCursor === null) break;
    cursor = nextCursor;
  }
  expect(seen).toEqual(["a", "b", "b2", "c", "d", "e", "f"]);
});
