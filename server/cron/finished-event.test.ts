import { beforeEach, describe, expect, test } from "vitest";
import { GatewayError } from "../errors.ts";
import type { NewEvent } from "../events/event.ts";
import type { CronFire } from "./job.ts";
import { cronOn, pass, settle, sharedUrl, stopClock } from "./testing.ts";

beforeEach(() => stopClock("2026-05-01T08:59:58.000Z"));

const daily = { id: "job", schedule: "0 9 * * *", message: "Good morning" };

describe("the end of a fire is told", () => {
  const webhook = { webhook: "whk_1" };
  const ends = (events: readonly NewEvent[]) => events.filter(({ type }) => type === "cron.finished");

  test("with the answer's message, whoever wants it, and to the webhook that the job names", async () => {
    const { cron, turns, owner, written, history } = await cronOn();
    await cron.create(owner, { ...daily, deliver: webhook });
    await pass(2);
    turns[0]!.run.messageId = "msg_1";
    turns[0]!.answer();
    await settle();
    const data = { jobId: "job", runId: turns[0]!.run.id, status: "completed", error: null, scheduledFor: "2026-05-01T09:00:00.000Z" };
    expect(ends(written)).toEqual([{ type: "cron.finished", at: Date.now(), workspaceId: "default", sessionId: "cron_job", messageId: "msg_1", deliverTo: "whk_1", data }]);
    expect(await history("job")).toEqual(["completed"]);
  });

  test("when it failed, took too long or could not begin, too, with the reason and without an answer", async () => {
    const { cron, turns, owner, written, refusal } = await cronOn();
    await cron.create(owner, { ...daily, timeoutMs: 3000, overlap: "allow", deliver: webhook });
    await cron.run(owner, "job");
    turns[0]!.run.messageId = "msg_1";
    turns[0]!.run.abort(new GatewayError("provider_error", "The model provider failed."));
    await settle();
    await cron.run(owner, "job");
    await pass(4);
    refusal.next = new GatewayError("bad_request", "There is no agent `gone`.");
    await cron.run(owner, "job").catch(() => {});
    expect(ends(written)).toMatchObject([
      { messageId: null, deliverTo: "whk_1", data: { status: "failed", error: "The model provider failed.", scheduledFor: null } },
      { messageId: null, deliverTo: "whk_1", data: { status: "timeout", error: "The job took longer than 3000 ms." } },
      { messageId: null, sessionId: null, deliverTo: "whk_1", data: { runId: null, status: "failed", error: "There is no agent `gone`." } },
    ]);
  });

  test("not to a webhook that is gone, and the history says so", async () => {
    const { cron, turns, owner, written, refusal, history } = await cronOn();
    await cron.create(owner, { ...daily, deliver: webhook });
    refusal.tell = "There is no webhook `whk_1`.";
    await cron.run(owner, "job");
    turns[0]!.answer();
    await settle();
    await cron.run(owner, "job");
    turns[1]!.run.abort(new GatewayError("provider_error", "The model provider failed."));
    await settle();
    expect(await history("job")).toEqual(["completed: What came of it could not be sent: There is no webhook `whk_1`.", "failed: The model provider failed. What came of it could not be sent: There is no webhook `whk_1`."]);
    expect(ends(written).map(({ deliverTo }) => deliverTo)).toEqual([null, null]);
  });

  test("by the next start when the process ended before, once", async () => {
    const url = sharedUrl();
    const before = await cronOn(url, { isWatching: false });
    await before.cron.create(before.owner, { ...daily, deliver: webhook });
    const fire: CronFire = { id: "fire_0", jobId: "job", workspaceId: "default", scheduledFor: null, status: "running", runId: null, error: null, startedAt: Date.now(), finishedAt: null };
    await before.fires.claim({ fire, mostRunning: 1, runningSince: 0 }, null);
    const after = await cronOn(url);
    await after.cron.start();
    await settle();
    expect(ends(after.written)).toMatchObject([{ deliverTo: "whk_1", data: { runId: null, status: "failed", error: "The gateway was stopped in the middle of the run." } }]);
  });

  test("not of a job that was deleted in the meantime", async () => {
    const { cron, turns, owner, written } = await cronOn();
    await cron.create(owner, { ...daily, deliver: webhook });
    await cron.run(owner, "job");
    await cron.delete(owner, "job");
    turns[0]!.answer();
    await settle();
    expect(ends(written)).toEqual([]);
  });
});
