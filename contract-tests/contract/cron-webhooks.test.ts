import { afterAll, beforeAll, expect, test } from "vitest";
import { startWebhookReceiver, type WebhookReceiver } from "../fakes/webhook-receiver.ts";
import { startTestGateway } from "../harness/gateway.ts";
import type { BodyOf } from "./operations.ts";
import { useServer } from "./targets.ts";

// `deliver: { webhook }` of a cron job, and the event `cron.finished`.

/** Only how long a test waits before it fails. */
const patience = { timeout: 10_000 };
const network = { allowPrivate: ["127.0.0.1"] };

const ofSettings = { url: "https://app.example/hook?key=dear", secret: "your-webhook-secret", events: ["channel.connected"] };
const server = useServer({ settings: { network, webhooks: { outbound: [ofSettings] }, workspaces: [{ id: "team", agent: "my-agent" }] } });
let receiver: WebhookReceiver;
beforeAll(async () => {
  receiver = await startWebhookReceiver();
});
afterAll(() => receiver.close());

const job = { everyMs: 86_400_000, message: "What is on?" };
const makeWebhook = async (path: string, json: object = {}) => (await server.call("createWebhook", { json: { url: `http://127.0.0.1:${receiver.port}${path}`, events: ["session.ended"], ...json } })).json(201);
const makeJob = async (json: object) => (await server.call("createCronJob", { json: { ...job, ...json } })).json(201);
const receivedAt = (path: string) => receiver.received.filter((one) => one.path === path).map(({ event }) => event);
const ended = async (jobId: string) => (await server.call("listCronRuns", { path: { jobId } })).json(200).runs.filter(({ status }) => status !== "running");
async function run(id: string): Promise<string> {
  return (await server.call("runCronJob", { path: { id } })).json(202).runId;
}

test("the webhook gets the answer, signed as any delivery, although it asked for other events", async () => {
  const { id: webhook } = await makeWebhook("/answer");
  const { id: jobId, deliver, sessionId } = await makeJob({ deliver: { webhook } });
  expect(deliver).toEqual({ webhook });
  const runId = await run(jobId);
  await expect.poll(() => receivedAt("/answer"), patience).toMatchObject([{ event: "cron.finished", data: { jobId, runId, sessionId, workspace: "default", status: "completed", response: "You said: What is on?", error: null, scheduledFor: null } }]);
  const [{ headers }] = receiver.received.filter(({ path }) => path === "/answer") as [WebhookReceiver["received"][number]];
  expect(headers).toMatchObject({ "webhook-signature": expect.stringMatching(/^v1,/) });
  expect(await ended(jobId)).toMatchObject([{ runId, status: "completed", error: null }]);
  await expect.poll(async () => (await server.call("listDeliveries", { path: { webhookId: webhook } })).json(200).deliveries, patience).toMatchObject([{ event: "cron.finished", status: "delivered", workspace: "default" }]);
});

test("it is told of a job that failed, too", async () => {
  const { id: webhook } = await makeWebhook("/failed");
  const { id: jobId } = await makeJob({ message: "Hello [hang]", timeoutMs: 1000, deliver: { webhook } });
  const runId = await run(jobId);
  await expect.poll(() => receivedAt("/failed"), patience).toMatchObject([{ event: "cron.finished", data: { jobId, runId, status: "timeout", response: null, error: "The job took longer than 1000 ms." } }]);
});

test("`cron.finished` is in the log, and goes to whoever wants it, of jobs that deliver nowhere, too", async () => {
  await makeWebhook("/wanting", { events: ["cron.finished"], workspace: "team" });
  const { id: jobId } = await makeJob({ workspace: "team" });
  await run(jobId);
  await expect.poll(() => receivedAt("/wanting"), patience).toMatchObject([{ data: { jobId, workspace: "team", status: "completed" } }]);
  const { events } = (await server.call("listEvents", { query: { types: ["cron.finished"], workspace: "team" } })).json(200);
  expect(events).toEqual(receivedAt("/wanting"));
});

test("the answer is not in the event any more once it has been deleted", async () => {
  const { id: jobId, sessionId } = await makeJob({});
  await run(jobId);
  await expect.poll(() => ended(jobId), patience).toHaveLength(1);
  expect((await server.call("deleteSession", { path: { sessionId: sessionId! } })).status).toBe(204);
  const { events } = (await server.call("listEvents", { query: { types: ["cron.finished"], limit: 100 } })).json(200);
  expect(events.find(({ data }) => "jobId" in data && data.jobId === jobId)?.data).toMatchObject({ status: "completed", response: null });
});

test("`deliver` is changed from one form to the other, and to none", async () => {
  const { id: webhook } = await makeWebhook("/changed");
  const { id: jobId } = await makeJob({ deliver: { webhook } });
  const path = { jobId };
  for (const deliver of [{ channel: "slack", to: "#team" }, { webhook }, null]) {
    expect((await server.call("updateCronJob", { path, json: { deliver } })).json(200).deliver).toEqual(deliver);
    expect((await server.call("getCronJob", { path })).json(200).deliver).toEqual(deliver);
  }
});

test("a job whose webhook is deleted goes on, and can be changed; its history says what could not be sent", async () => {
  const { id: webhook } = await makeWebhook("/deleted");
  const { id: jobId } = await makeJob({ deliver: { webhook } });
  expect((await server.call("deleteWebhook", { path: { webhookId: webhook } })).status).toBe(204);
  await run(jobId);
  await expect.poll(() => ended(jobId), patience).toMatchObject([{ status: "completed", error: `What came of it could not be sent: There is no webhook \`${webhook}\`.` }]);
  expect(receivedAt("/deleted")).toEqual([]);
  expect((await server.call("updateCronJob", { path: { jobId }, json: { enabled: false } })).json(200)).toMatchObject({ enabled: false, deliver: { webhook } });
});

test("a webhook that is disabled is not told, and the history says so", async () => {
  const { id: webhook } = await makeWebhook("/disabled", { enabled: false });
  const { id: jobId } = await makeJob({ deliver: { webhook } });
  await run(jobId);
  await expect.poll(() => ended(jobId), patience).toMatchObject([{ status: "completed", error: `What came of it could not be sent: The webhook \`${webhook}\` is disabled.` }]);
});

test("400: a webhook that there is none of for this key and workspace comes with those that there are", async () => {
  const all = await makeWebhook("/known");
  const team = await makeWebhook("/known", { workspace: "team" });
  const other = await makeWebhook("/known", { workspace: "default" });
  const refused = async (webhook: string, more: object = {}) => (await server.call("createCronJob", { json: { ...job, workspace: "team", deliver: { webhook } }, ...more })).json(400).details;
  const known = (await refused(other.id))["webhooks"];
  expect(known).toEqual(expect.arrayContaining([all.id, team.id]));
  expect(known).not.toContain(other.id);
  expect((await refused("whk_none")).errors?.map(({ path }) => path)).toEqual(["/deliver/webhook"]);

  const { secret: token } = (await server.call("createKey", { json: { label: "Team", workspaces: ["team"], permissions: ["cron:write", "webhooks:write"] } })).json(201);
  const seen = (await server.call("listWebhooks", { query: { limit: 100 } })).json(200).webhooks.filter(({ workspace }) => workspace === "team").map(({ id }) => id);
  expect((await refused(all.id, { token }))["webhooks"]).toEqual(seen);
  const { id: jobId } = await makeJob({ workspace: "team" });
  (await server.call("updateCronJob", { path: { jobId }, json: { deliver: { webhook: all.id } }, token })).json(400);
  expect((await server.call("updateCronJob", { path: { jobId }, json: { deliver: { webhook: team.id } }, token })).json(200).deliver).toEqual({ webhook: team.id });
});

test.each([{}, { webhook: "no id" }, { webhook: null }, { webhook: "whk_1", channel: "slack", to: "#team" }, { webhook: "whk_1", to: "#team" }, { channel: "slack" }])("400: deliver %j", async (deliver) => {
  const { errors } = (await server.call("createCronJob", { json: { ...job, deliver } })).json(400).details;
  expect(errors?.every(({ path }) => path.startsWith("/deliver"))).toBe(true);
});

test("403: a key without `webhooks:write` can neither make nor change such a job", async () => {
  const { id: webhook } = await makeWebhook("/forbidden");
  const { secret: token } = (await server.call("createKey", { json: { label: "Cron", permissions: ["cron:write", "channels:send"] } })).json(201);
  expect((await server.call("createCronJob", { token, json: { ...job, deliver: { webhook } } })).json(403).details).toEqual({ permission: "webhooks:write" });
  const { id: jobId } = await makeJob({ deliver: { webhook } });
  (await server.call("updateCronJob", { token, path: { jobId }, json: { message: "Mine now" } })).json(403);
});

test("a job of the settings names a webhook of the settings by its url", async () => {
  const url = `http://127.0.0.1:${receiver.port}/of-settings?key=dear`;
  const jobs = [{ id: "standup", ...job, deliver: { webhook: url } }];
  const gateway = await startTestGateway({ settings: { network, api: { webhooks: { outgoing: [{ url, secret: "your-webhook-secret", events: ["channel.connected"] }] } }, cron: { jobs } } });
  try {
    expect((await gateway.call("/api/cron/standup/run", { method: "POST" })).status).toBe(202);
    await expect.poll(() => receivedAt("/of-settings?key=dear"), patience).toMatchObject([{ event: "cron.finished", signature: expect.stringMatching(/^sha256=/), data: { jobId: "standup", response: "You said: What is on?" } }]);
    const { deliver } = (await (await gateway.call("/api/v1/cron/standup")).json()) as BodyOf<"getCronJob", 200>;
    expect(deliver).toEqual({ webhook: expect.stringMatching(/^hook_/) });
    const shown = await (await gateway.call("/api/v1/config")).text();
    expect([shown.match(/of-settings\?key=/g)?.length, shown.includes("dear")]).toEqual([2, false]);
  } finally {
    await gateway.close();
  }
});
