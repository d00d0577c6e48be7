import { describe, expect, test } from "vitest";
import { describeTargets } from "./targets.ts";

describeTargets((target) => {
  describe("GET /api/v1/runs/{runId}", () => {
    test("200: answers the run as it stands", async () => {
      const runId = await target.makeRun();
      expect((await target.call("getRun", { path: { runId } })).json(200)).toMatchObject({ id: runId, status: "completed", content: expect.any(String) });
    });

    test("400: refuses what is no id", async () => {
      (await target.call("getRun", { path: { runId: "no id" } })).json(400);
    });

    test("404: does not know a run that is not there", async () => {
      (await target.call("getRun", { path: { runId: "run_nobody" }, mock: { status: 404 } })).json(404);
    });
  });

  describe("GET /api/v1/runs/{runId}/events", () => {
    const headers = { Accept: "text/event-stream" };

    test("200: streams in the face the run began in", async () => {
      const runId = await target.makeRun();
      const answer = await target.call("streamRunEvents", { path: { runId }, headers, mock: { example: "agents" } });
      expect(answer.data().at(-1)).toMatchObject({ type: "end" });
      expect(answer.headers.get("X-Run-Id")).toBe(runId);
    });

    test("204: has nothing more behind the terminal event", async () => {
      const runId = await target.makeRun();
      const { events } = await target.call("streamRunEvents", { path: { runId }, headers, mock: { example: "agents" } });
      const answer = await target.call("streamRunEvents", { path: { runId }, headers: { ...headers, "Last-Event-ID": events.at(-1)?.id ?? "" }, mock: { status: 204 } });
      expect([answer.status, answer.text]).toEqual([204, ""]);
    });

    test("400: refuses what is no id of an event", async () => {
      const runId = await target.makeRun();
      (await target.call("streamRunEvents", { path: { runId }, query: { after: "somewhere" }, mock: { status: 400 } })).json(400);
      (await target.call("streamRunEvents", { path: { runId: "no id" } })).json(400);
    });

    test("404: does not know a run that is not there", async () => {
      (await target.call("streamRunEvents", { path: { runId: "run_nobody" }, mock: { status: 404 } })).json(404);
    });
  });

  describe("POST /api/v1/runs/{runId}/cancel", () => {
    test("200: answers a run that has ended as it stands", async () => {
      const runId = await target.makeRun();
      expect((await target.call("cancelRun", { path: { runId } })).json(200).id).toBe(runId);
    });

    test("400: refuses what is no id", async () => {
      (await target.call("cancelRun", { path: { runId: "no id" } })).json(400);
    });

    test("404: does not know a run that is not there", async () => {
      (await target.call("cancelRun", { path: { runId: "run_nobody" }, mock: { status: 404 } })).json(404);
    });
  });
});
