import { describe, expect, test } from "vitest";
import { startTestGateway, type TestGateway } from "../harness/gateway.ts";
import { freshId } from "./ids.ts";
import type { BodyOf } from "./operations.ts";
import { describeTargets, useServer } from "./targets.ts";

type CronJob = BodyOf<"getCronJob", 200>;

/** Only how long a test waits before it fails. */
const patience = { timeout: 10_000 };

/** What is no job to make, and where it is wrong. The contract alone tells of these. */
const wrongJobs: [json: object, path: string][] = [
  [{ schedule: "0 9 * * *" }, "/message"],
  [{ schedule: "0 9 * * *", message: "" }, "/message"],
  [{ schedule: "", message: "Hello" }, "/schedule"],
  [{ schedule: "x".repeat(257), message: "Hello" }, "/schedule"],
  [{ everyMs: 999, message: "Hello" }, "/everyMs"],
  [{ everyMs: 1500.5, message: "Hello" }, "/everyMs"],
  [{ id: "no id", everyMs: 1000, message: "Hello" }, "/id"],
  [{ id: "x".repeat(101), everyMs: 1000, message: "Hello" }, "/id"],
  [{ everyMs: 1000, message: "Hello", overlap: "queue" }, "/overlap"],
  [{ everyMs: 1000, message: "Hello", catchUp: "all" }, "/catchUp"],
  [{ everyMs: 1000, message: "Hello", timeoutMs: 1 }, "/timeoutMs"],
  [{ everyMs: 1000, message: "Hello", deliver: { channel: "pigeon", to: "#standup" } }, "/deliver/channel"],
  [{ everyMs: 1000, message: "Hello", deliver: { channel: "slack" } }, "/deliver/to"],
  [{ everyMs: 1000, message: "Hello", deliver: { webhook: "no id" } }, "/deliver/webhook"],
  [{ everyMs: 1000, message: "Hello", deliver: { webhook: "whk_1", channel: "slack", to: "#standup" } }, "/deliver/webhook"],
];

/** What only the server can know to be wrong. */
const wrongTimings: [json: object, path: string][] = [
  [{}, "/schedule"],
  [{ schedule: "0 9 * * *", at: "2099-01-01T00:00:00Z" }, "/at"],
  [{ schedule: "0 0 30 2 *" }, "/schedule"],
  [{ schedule: "every day" }, "/schedule"],
  [{ schedule: "61 * * * *" }, "/schedule"],
  [{ schedule: "0 9 * * *", timezone: "Mars/Base" }, "/timezone"],
  [{ at: "tomorrow" }, "/at"],
  [{ at: "2020-01-01T00:00:00Z" }, "/at"],
  [{ at: "2027-02-30T00:00:00Z" }, "/at"],
  [{ everyMs: 60_000, agent: "nobody" }, "/agent"],
];

describeTargets((target) => {
  const make = async (json: object = {}): Promise<CronJob> => (await target.call("createCronJob", { json: { id: freshId(), schedule: "0 9 * * 1-5", message: "What is on today?", ...json } })).json(201);

  describe("POST /api/v1/cron", () => {
    test("201: answers the job and where it is", async () => {
      const answer = await target.call("createCronJob", { json: { schedule: "0 9 * * 1-5", timezone: "Europe/Berlin", message: "What is on today?" } });
      expect(answer.json(201)).toMatchObject({ source: "stored", schedule: "0 9 * * 1-5", timezone: "Europe/Berlin", at: null, everyMs: null, enabled: true, nextRunAt: expect.any(String), lastRunAt: null, lastStatus: null });
      expect(answer.headers.get("Location")).toMatch(/^\/api\/v1\//);
    });

    test.each(wrongJobs)("400: refuses %j", async (json) => {
      (await target.call("createCronJob", { json })).json(400);
    });
  });

  test("200: GET /api/v1/cron and GET /api/cron list the same jobs", async () => {
    await make();
    const { jobs } = (await target.call("listCronJobs", { query: { limit: 100 } })).json(200);
    expect(jobs.length).toBeGreaterThan(0);
    expect((await target.call("listPlainCronJobs", { query: { limit: 100 } })).json(200).jobs).toEqual(jobs);
  });

  test("400: no page that cannot be", async () => {
    for (const id of ["listCronJobs", "listPlainCronJobs"] as const) {
      for (const query of [{ limit: 0 }, { limit: 101 }]) (await target.call(id, { query })).json(400);
      (await target.call(id, { query: { cursor: "not-a-cursor" }, mock: { status: 400 } })).json(400);
    }
    const { id: jobId } = await make();
    (await target.call("listCronRuns", { path: { jobId }, query: { cursor: "not-a-cursor" }, mock: { status: 400 } })).json(400);
  });

  test("a job is read, changed and deleted", async () => {
    const { id: jobId } = await make();
    expect((await target.call("getCronJob", { path: { jobId } })).json(200)).toMatchObject({ schedule: "0 9 * * 1-5", enabled: true });
    expect((await target.call("updateCronJob", { path: { jobId }, json: { enabled: false } })).json(200)).toMatchObject({ enabled: false, nextRunAt: null });
    expect((await target.call("deleteCronJob", { path: { jobId } })).status).toBe(204);
  });

  test("202: POST /api/cron/{id}/run begins a run, which is in the history", async () => {
    const { id } = await make();
    const answer = await target.call("runCronJob", { path: { id } });
    const { runId, jobId } = answer.json(202);
    expect(answer.headers.get("X-Run-Id")).toBe(runId);
    expect((await target.call("listCronRuns", { path: { jobId } })).json(200).runs).toMatchObject([{ runId, jobId, status: expect.stringMatching(/^(running|completed)$/) }]);
  });

  test("400 and 404: an id that is none, and one that nothing has", async () => {
    for (const id of ["getCronJob", "deleteCronJob", "listCronRuns"] as const) {
      (await target.call(id, { path: { jobId: "no id" } })).json(400);
      (await target.call(id, { path: { jobId: "job_none" }, mock: { status: 404 } })).json(404);
    }
    (await target.call("updateCronJob", { path: { jobId: "no id" }, json: {} })).json(400);
    (await target.call("updateCronJob", { path: { jobId: "job_none" }, json: {}, mock: { status: 404 } })).json(404);
    (await target.call("runCronJob", { path: { id: "no id" } })).json(400);
    (await target.call("runCronJob", { path: { id: "job_none" }, mock: { status: 404 } })).json(404);
    (await target.call("createCronJob", { json: { everyMs: 1000, message: "Hello", workspace: "nowhere" }, mock: { status: 404 } })).json(404);
  });

  test("409: an id that is taken", async () => {
    const { id } = await make();
    (await target.call("createCronJob", { json: { id, everyMs: 60_000, message: "Hello" }, mock: { status: 409 } })).json(409);
  });
});

describe("the server", () => {
  const jobs = [{ id: "of-settings", schedule: "0 0 1 1 *", agent: "my-agent", message: "Happy new year" }];
  const server = useServer({ settings: { cron: { jobs }, workspaces: [{ id: "team", agent: "my-agent" }] } });
  const make = async (json: object = {}): Promise<CronJob> => (await server.call("createCronJob", { json: { schedule: "0 9 * * 1-5", message: "What is on today?", ...json } })).json(201);
  const fires = async (jobId: string) => (await server.call("listCronRuns", { path: { jobId }, query: { limit: 100 } })).json(200).runs;
  const ended = async (jobId: string) => (await fires(jobId)).filter(({ status }) => status !== "running");

  test.each(wrongTimings)("400: %j is named with its place", async (json, path) => {
    const { details } = (await server.call("createCronJob", { json: { message: "Hello", ...json } })).json(400);
    expect(details.errors?.map((fault) => fault.path)).toEqual([path]);
  });

  test("400: an unknown agent comes with those that there are", async () => {
    const { details } = (await server.call("createCronJob", { json: { everyMs: 60_000, message: "Hello", agent: "nobody" } })).json(400);
    expect(details["agents"]).toEqual(["main", "my-agent"]);
  });

  test("a run is an ordinary run in a session of the job's own, under the workspace's agent", async () => {
    const { id, sessionId } = await make({ workspace: "team" });
    const { runId } = (await server.call("runCronJob", { path: { id } })).json(202);
    await expect.poll(() => ended(id), patience).toMatchObject([{ runId, status: "completed", scheduledFor: null, error: null }]);
    expect((await server.call("getRun", { path: { runId } })).json(200)).toMatchObject({ status: "completed", sessionId, workspace: "team", agentId: "my-agent", channel: "cron", content: "You said: What is on today?" });
    expect((await server.call("getSession", { path: { sessionId: sessionId! } })).json(200)).toMatchObject({ channel: "cron", messageCount: 2 });
    expect((await server.call("getCronJob", { path: { jobId: id } })).json(200)).toMatchObject({ lastStatus: "completed", lastRunAt: expect.any(String) });
    (await server.call("runCronJob", { path: { id } })).json(202);
    await expect.poll(() => ended(id), patience).toHaveLength(2);
    expect((await server.call("getSession", { path: { sessionId: sessionId! } })).json(200).messageCount).toBe(4);
  });

  test("the clock runs a job by itself", async () => {
    const { id } = await make({ schedule: undefined, at: new Date(Date.now() + 300).toISOString() });
    await expect.poll(() => ended(id), patience).toMatchObject([{ status: "completed", scheduledFor: expect.any(String) }]);
    expect((await server.call("getCronJob", { path: { jobId: id } })).json(200).nextRunAt).toBeNull();
  });

  test("409: a job that is running, until it is cancelled", async () => {
    const { id } = await make({ message: "Hello [hang]" });
    const { runId } = (await server.call("runCronJob", { path: { id } })).json(202);
    expect((await server.call("runCronJob", { path: { id } })).json(409).error).toMatchObject({ code: "CONFLICT", message: `The job \`${id}\` is running already.` });
    (await server.call("cancelRun", { path: { runId } })).json(200);
    await expect.poll(() => ended(id), patience).toMatchObject([{ status: "cancelled", error: "The run was cancelled." }]);
  });

  test("409: a job that cannot begin, with the reason", async () => {
    const sessionId = await server.makeSession();
    const { id } = await make({ agent: "main", sessionId });
    expect((await server.call("runCronJob", { path: { id } })).json(409).error.message).toContain(`could not begin: The session \`${sessionId}\` belongs to the agent`);
    await expect.poll(() => ended(id), patience).toMatchObject([{ status: "failed", runId: null }]);
  });

  test("a run that takes too long is ended", async () => {
    const { id } = await make({ message: "Hello [hang]", timeoutMs: 1000 });
    const { runId } = (await server.call("runCronJob", { path: { id } })).json(202);
    await expect.poll(() => ended(id), patience).toMatchObject([{ status: "timeout", error: "The job took longer than 1000 ms." }]);
    expect((await server.call("getRun", { path: { runId } })).json(200)).toMatchObject({ status: "failed", error: { error: "timeout" } });
  });

  test("409: a job of the settings is shown and run, and changed in the settings alone", async () => {
    const jobId = "of-settings";
    expect((await server.call("getCronJob", { path: { jobId } })).json(200)).toMatchObject({ source: "settings", agent: "my-agent", schedule: "0 0 1 1 *", createdAt: null });
    (await server.call("updateCronJob", { path: { jobId }, json: { enabled: false } })).json(409);
    (await server.call("deleteCronJob", { path: { jobId } })).json(409);
    (await server.call("createCronJob", { json: { id: jobId, everyMs: 60_000, message: "Hello" } })).json(409);
    (await server.call("runCronJob", { path: { id: jobId } })).json(202);
    await expect.poll(() => ended(jobId), patience).toMatchObject([{ status: "completed" }]);
  });

  test("the jobs of the settings change with them, at once", async () => {
    const patch = async (cron: object) => (await server.call("updatePlainSettings", { json: { cron } })).json(200);
    expect((await patch({ jobs: [...jobs, { id: "added", everyMs: 86_400_000, workspace: "team", message: "Hello" }] })).restartRequired).toEqual([]);
    expect((await server.call("getCronJob", { path: { jobId: "added" } })).json(200)).toMatchObject({ source: "settings", workspace: "team", nextRunAt: expect.any(String) });
    await patch({ jobs });
    (await server.call("getCronJob", { path: { jobId: "added" } })).json(404);
  });

  test("a job is no user: an allow list does not keep it out", async () => {
    (await server.call("createWorkspace", { json: { id: "closed", allowlist: ["ada"] } })).json(201);
    const { id } = await make({ workspace: "closed" });
    (await server.call("runCronJob", { path: { id } })).json(202);
    await expect.poll(() => ended(id), patience).toMatchObject([{ status: "completed" }]);
  });

  test("jobs go with their workspace, and one that is made again has none", async () => {
    const workspaceId = "passing";
    (await server.call("createWorkspace", { json: { id: workspaceId } })).json(201);
    const { id: jobId } = await make({ workspace: workspaceId });
    expect((await server.call("deleteWorkspace", { path: { workspaceId } })).status).toBe(204);
    (await server.call("createWorkspace", { json: { id: workspaceId } })).json(201);
    (await server.call("getCronJob", { path: { jobId } })).json(404);
  });

  test("404: jobs of another workspace, for whatever one wants of them", async () => {
    const { secret: token } = (await server.call("createKey", { json: { label: "Team", workspaces: ["team"] } })).json(201);
    const { id } = await make();
    for (const call of ["getCronJob", "deleteCronJob", "listCronRuns"] as const) (await server.call(call, { path: { jobId: id }, token })).json(404);
    (await server.call("updateCronJob", { path: { jobId: id }, json: {}, token })).json(404);
    (await server.call("runCronJob", { path: { id }, token })).json(404);
    (await server.call("createCronJob", { json: { everyMs: 60_000, message: "Hello", workspace: "default" }, token })).json(404);
    const own = (await server.call("createCronJob", { json: { everyMs: 60_000_000, message: "Hello" }, token })).json(201);
    expect(own.workspace).toBe("team");
    const { jobs: seen } = (await server.call("listCronJobs", { query: { limit: 100 }, token })).json(200);
    expect(new Set(seen.map(({ workspace }) => workspace))).toEqual(new Set(["team"]));
  });
});

test("two gateways on one database run each fire once between them", async () => {
  const settings = (enabled: boolean) => ({ cron: { jobs: [{ id: "tick", schedule: "* * * * * *", message: "Tick", enabled }] } });
  const first = await startTestGateway({ settings: settings(true) });
  const runsOf = async (gateway: TestGateway) => ((await (await gateway.call("/api/v1/cron/tick/runs?limit=100")).json()) as BodyOf<"listCronRuns", 200>).runs;
  try {
    const second = await startTestGateway({ settings: settings(true), stateDir: first.stateDir });
    await expect.poll(async () => (await runsOf(first)).length, { timeout: 20_000 }).toBeGreaterThan(3);
    await Promise.all([first.running.stop(), second.close()]);

    const reader = await startTestGateway({ settings: settings(false), stateDir: first.stateDir });
    const runs = await runsOf(reader);
    const { messageCount } = (await (await reader.call("/api/v1/sessions/cron_tick")).json()) as BodyOf<"getSession", 200>;
    await reader.close();
    expect(new Set(runs.map(({ scheduledFor }) => scheduledFor)).size).toBe(runs.length);
    const completed = runs.filter(({ status }) => status === "completed");
    expect(runs.filter(({ status }) => status === "skipped").length + completed.length).toBe(runs.length);
    expect(messageCount).toBe(2 * completed.length);
  } finally {
    await first.close();
  }
});

test("a stop waits for the runs of jobs, and the next start goes on", async () => {
  const first = await startTestGateway({ embeddedDelayMs: 30 });
  await first.call("/api/v1/cron", { json: { id: "slow", schedule: "0 0 1 1 *", message: "one two three four five six" } });
  expect((await first.call("/api/cron/slow/run", { method: "POST" })).status).toBe(202);
  await first.running.stop(10_000);
  const second = await startTestGateway({ stateDir: first.stateDir });
  try {
    const { runs } = (await (await second.call("/api/v1/cron/slow/runs")).json()) as BodyOf<"listCronRuns", 200>;
    expect(runs).toMatchObject([{ status: "completed" }]);
  } finally {
    await second.close();
    await first.close();
  }
});
