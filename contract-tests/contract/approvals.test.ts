import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { ReceivedEvent } from "../harness/sse.ts";
import { teamToken } from "../harness/gateway.ts";
import { describeTargets, useServer } from "./targets.ts";
import type { OpenStream } from "./open-stream.ts";

describeTargets((target) => {
  describe("POST /api/v1/runs/{runId}/approvals/{callId}", () => {
    const json = { approve: true };

    test("404: does not know a run, or a call, that is not there", async () => {
      (await target.call("approveToolCall", { path: { runId: "run_nobody", callId: "call_1" }, json, mock: { status: 404 } })).json(404);
      const runId = await target.makeRun();
      (await target.call("approveToolCall", { path: { runId, callId: "call_nobody" }, json, mock: { status: 404 } })).json(404);
    });
  });
});

const agents = { default: "main", list: [{ id: "main", tools: ["write", "calculate"] }] };
const asking = { agents, tools: { allow: ["*", "write"], ask: ["wr*"] } };
const message = 'call write {"path":"new.txt","content":"new"}';

/** Reads on until the call waits. */
async function untilWaiting(stream: OpenStream): Promise<{ runId: string; waiting: ReceivedEvent["data"] }> {
  let runId = "";
  for (let event = await stream.next(); event; event = await stream.next()) {
    runId ||= event.data.runId ?? event.data.run_id ?? "";
    if (event.data.type === "tool_approval") return { runId: runId || event.id.split(":")[0]!, waiting: event.data };
  }
  throw new Error("no call has waited");
}

describe("a call that waits to be approved", () => {
  const server = useServer({ settings: asking });
  const files = () => readdir(join(server.gateway.stateDir, "workspace")).catch(() => []);
  const decide = (runId: string, callId: string, json: object) => server.call("approveToolCall", { path: { runId, callId }, json });

  test("200: runs once it is approved; until then the run shows it", async () => {
    const stream = await server.open("streamChat", { json: { agentId: "main", message } });
    const { runId, waiting } = await untilWaiting(stream);
    expect(waiting).toEqual({ type: "tool_approval", name: "write", input: { path: "new.txt", content: "new" }, callId: "call_fake_0", expiresAt: expect.stringMatching(/Z$/) });
    const { pendingApprovals } = (await server.call("getRun", { path: { runId } })).json(200);
    expect(pendingApprovals).toEqual([{ callId: "call_fake_0", name: "write", input: { path: "new.txt", content: "new" }, expiresAt: waiting.expiresAt }]);
    expect(await files()).toEqual([]);
    const run = (await decide(runId, "call_fake_0", { approve: true })).json(200);
    expect([run.id, run.pendingApprovals]).toEqual([runId, undefined]);
    const rest = (await stream.rest()).map(({ data }) => data);
    expect(rest[0]).toMatchObject({ type: "tool_result", name: "write", isError: false });
    expect(rest.at(-1)?.type).toBe("end");
    expect(await files()).toEqual(["new.txt"]);
    expect((await decide(runId, "call_fake_0", { approve: false })).json(409).error).toBe("conflict");
  });

  test("200: never runs when it is refused, and the model is told why", async () => {
    const stream = await server.open("streamChat", { json: { agentId: "main", message: message.replace("new.txt", "refused.txt") } });
    const { runId, waiting } = await untilWaiting(stream);
    (await decide(runId, waiting.callId, { approve: false, reason: "Not today." })).json(200);
    expect((await stream.next())?.data).toMatchObject({ type: "tool_result", isError: true, output: "The call of write was not approved. Not today." });
    expect((await stream.rest()).at(-1)?.data.type).toBe("end");
    expect(await files()).not.toContain("refused.txt");
  });

  test.each([
    ["conversations", "streamChat", { conversationId: null, message }, "name", "callId", "expiresAt"],
    ["workspaces", "streamMessage", { message }, "tool", "callId", "expiresAt"],
    ["operator", "message", { channel: "api", message }, "name", "call_id", "expires_at"],
  ] as const)("shows in the face of the %s edition", async (_edition, id, json, name, callId, expiresAt) => {
    const stream = await server.open(id, { json, headers: { Accept: "text/event-stream" } });
    const { runId, waiting } = await untilWaiting(stream);
    expect(waiting).toEqual({ type: "tool_approval", [name]: "write", input: expect.any(Object), [callId]: "call_fake_0", [expiresAt]: expect.any(String) });
    (await decide(runId, waiting[callId], { approve: false })).json(200);
    expect((await stream.rest()).at(-1)?.data.type).toBe("done");
  });

  test("in the background waits as well, is found by its run, and is told again once it is over", async () => {
    const { run_id: runId } = (await server.call("message", { json: { channel: "api", message, wait_for_response: false } })).json(202);
    await expect.poll(async () => (await server.call("getRun", { path: { runId } })).json(200).pendingApprovals?.length).toBe(1);
    (await decide(runId, "call_fake_0", { approve: false })).json(200);
    const types = (await server.call("streamRunEvents", { path: { runId } })).data().map(({ type }) => type);
    expect(types.slice(0, 4)).toEqual(["start", "tool_use", "tool_approval", "tool_result"]);
    const again = (await server.call("streamRunEvents", { path: { runId }, query: { after: "3" } })).data().map(({ type }) => type);
    expect(again).toEqual(types.slice(3));
  });

  test("ends with its run: a cancel does not wait for anybody", async () => {
    const stream = await server.open("streamChat", { json: { agentId: "main", message } });
    const { runId, waiting } = await untilWaiting(stream);
    expect((await server.call("cancelRun", { path: { runId } })).json(200).status).toBe("cancelled");
    expect((await stream.rest()).at(-1)?.data).toMatchObject({ type: "error", error: "cancelled" });
    expect((await decide(runId, waiting.callId, { approve: true })).json(409).error).toBe("conflict");
  });

  test("404: is nobody's who may not see the run", async () => {
    const stream = await server.open("streamChat", { json: { agentId: "main", message } });
    const { runId, waiting } = await untilWaiting(stream);
    (await server.call("approveToolCall", { path: { runId, callId: waiting.callId }, json: { approve: true }, token: teamToken })).json(404);
    (await decide(runId, waiting.callId, { approve: false })).json(200);
    await stream.rest();
  });

  test("tools that are not asked for go ahead", async () => {
    const events = (await server.call("streamChat", { json: { agentId: "main", message: "calculate 2+2" } })).data();
    expect(events.map(({ type }) => type)).not.toContain("tool_approval");
  });
});

describe("a call that nobody approves in time", () => {
  const server = useServer({ settings: { ...asking, tools: { ...asking.tools, approvalTimeoutMs: 100 } } });

  test("counts as refused, and the model is told so", async () => {
    const events = (await server.call("streamChat", { json: { agentId: "main", message } })).data();
    expect(events.find(({ type }) => type === "tool_result")).toMatchObject({ isError: true, output: "The call of write was not approved. Nobody approved it within 100 ms." });
    expect(events.at(-1)?.type).toBe("end");
  });
});
