import { existsSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { startOpenAiUpstream } from "../fakes/openai-upstream.ts";
import type { FakeUpstream } from "../fakes/upstream-server.ts";
import { settingsFor, startGatewayProcess, temporaryFolder, type GatewayProcess } from "./gateway-process.ts";
import { openAndStopReading } from "./raw-client.ts";

// A reader that stops reading must not grow the gateway's memory: what it does not take is not asked of the model. The
// gateway has a process of its own here, so that its memory is nobody else's.

const megabyte = 1024 * 1024;
const message = "Tell me everything [endless]";
const streams: { face: string; path: string; body: object; accept?: string }[] = [
  { face: "agents", path: "/api/v1/chat/stream", body: { message, agentId: "main" } },
  { face: "conversations", path: "/api/v1/chat/stream", body: { message, conversationId: null } },
  { face: "workspaces", path: "/api/v1/messages/stream", body: { message } },
  { face: "operator", path: "/api/v1/message", body: { message, channel: "api" }, accept: "text/event-stream" },
  { face: "OpenAI", path: "/api/v1/openai/chat/completions", body: { model: "gpt-5-mini", messages: [{ role: "user", content: message }], stream: true } },
];

async function start(): Promise<{ gateway: GatewayProcess; upstream: FakeUpstream }> {
  const upstream = await startOpenAiUpstream();
  onTestFinished(() => upstream.close());
  const gateway = await startGatewayProcess({ folder: temporaryFolder(), settings: settingsFor(upstream) });
  // What the first streams make it load and compile is not what is measured.
  for (let i = 0; i < 3; i++) await (await gateway.call("/api/v1/chat/stream", { json: { message: "Warm up [words 20000]" } })).text();
  return { gateway, upstream };
}

/** The resident set of a process in bytes. */
function memoryOf({ cli }: GatewayProcess): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${cli.pid}/status`, "utf8"))?.[1]) * 1024;
}

/** Resolves with what the upstream has sent once that has not grown for half a second. Fails when it never stands still. */
async function untilStill(upstream: FakeUpstream): Promise<number> {
  const deadline = performance.now() + 15_000;
  let sent = upstream.bytesSent;
  for (let since = performance.now(); performance.now() - since < 500; ) {
    await sleep(25);
    if (upstream.bytesSent === sent) continue;
    sent = upstream.bytesSent;
    since = performance.now();
    if (since > deadline) throw new Error(`the upstream has sent ${sent} bytes, and still sends`);
  }
  return sent;
}

// Linux tells how much memory another process has. Elsewhere there is nothing to assert.
if (existsSync("/proc/self/status")) {
  test.each(streams)("a reader that stops reading the stream of the $face face holds the model back", async ({ path, body, accept }) => {
    const { gateway, upstream } = await start();
    upstream.reset();
    const before = memoryOf(gateway);
    const { head, socket } = await openAndStopReading(gateway.port, path, body, { ...(accept && { accept }), until: /(data: .*\n\n[^]*){3}/ });
    const runId = /^x-run-id: (\S+)/im.exec(head)?.[1];

    const sent = await untilStill(upstream);
    const grown = memoryOf(gateway) - before;
    // Most of it lies in the buffers of the system's sockets. Without back-pressure the run would have come to its end as
    // too long, at 30 MB or more.
    expect(sent).toBeLessThan(20 * megabyte);
    expect(grown).toBeLessThan(60 * megabyte);
    const run = async () => (await (await gateway.call(`/api/v1/runs/${runId}`)).json()) as { status: string };
    expect(await run()).toMatchObject({ status: "running" });

    // The others notice nothing.
    expect((await gateway.call("/readyz")).status).toBe(200);
    const answer = await gateway.call("/api/v1/messages", { json: { message: "Hello" } });
    expect(await answer.json()).toMatchObject({ response: "You said: Hello" });
    expect(upstream.aborted).toBe(0);

    socket.destroy();
    const cancelled = await gateway.call(`/api/v1/runs/${runId}/cancel`, { method: "POST" });
    expect(await cancelled.json()).toMatchObject({ status: "cancelled" });
    await upstream.untilAborted(1);
    expect(upstream.aborted).toBe(1);
  });
}

test("a reader that stops reading has the whole of it when it goes on", async () => {
  const { gateway, upstream } = await start();
  const { socket } = await openAndStopReading(gateway.port, "/api/v1/chat/stream", { message: "All of it [big 12288]", agentId: "main" }, { until: /data: / });
  await untilStill(upstream);
  let length = 0;
  let end = "";
  const whole = new Promise<void>((resolve, reject) => {
    socket.once("close", () => reject(new Error(`the connection was closed after ${length} characters, at ${end}`)));
    socket.on("data", (text: string) => {
      length += text.length;
      end = (end + text).slice(-500);
      if (end.includes('"type":"end"')) resolve();
    });
  });
  socket.resume();
  await whole;
  // What it read before it stopped is not counted.
  expect(length).toBeGreaterThan(11 * megabyte);
});
