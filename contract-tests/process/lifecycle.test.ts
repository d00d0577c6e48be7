import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { writeFileSync } from "node:fs";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { startOpenAiUpstream } from "../fakes/openai-upstream.ts";
import type { FakeUpstream } from "../fakes/upstream-server.ts";
import { readEvents, type ReceivedEvent } from "../harness/sse.ts";
import { openclaw, settingsFor, startGatewayProcess, temporaryFolder, type CliProcess, type Exit, type GatewayProcess } from "./gateway-process.ts";
import { keptAlive } from "./raw-client.ts";

// From the first start to the last stop, as who runs the gateway sees it: a process with a command line, signals, and a
// folder that outlives it.

/** Only how long a test waits before it fails. */
const patience = { timeout: 10_000, interval: 10 };

interface Message {
  role: string;
  content: string;
}

async function fakeUpstream(): Promise<FakeUpstream> {
  const upstream = await startOpenAiUpstream();
  onTestFinished(() => upstream.close());
  return upstream;
}

/** Stops it as a supervisor does. Fails when it does not leave by itself, well. */
async function stop({ cli }: GatewayProcess): Promise<Exit> {
  cli.kill("SIGTERM");
  const exit = await cli.exit;
  expect([exit.status, exit.stderr]).toEqual([0, ""]);
  return exit;
}

async function messagesOf(gateway: GatewayProcess, conversationId: string, token?: string) {
  const answer = await gateway.call(`/api/v1/conversations/${conversationId}`, { ...(token && { token }) });
  expect(answer.status).toBe(200);
  const { messages } = (await answer.json()) as { messages: Message[] };
  return messages.map(({ role, content }) => [role, content]);
}

async function sessionOf(gateway: GatewayProcess, id: string) {
  const answer = await gateway.call(`/api/v1/sessions/${id}`);
  expect(answer.status).toBe(200);
  return (await answer.json()) as { messageCount: number };
}

async function runOf(gateway: GatewayProcess, runId: string) {
  const answer = await gateway.call(`/api/v1/runs/${runId}`);
  expect(answer.status).toBe(200);
  return (await answer.json()) as { status: string; error?: { error: string }; content?: string };
}

/** Opens a stream and reads its first event. */
async function openStream(gateway: GatewayProcess, message: string, conversationId: string) {
  const answer = await gateway.call("/api/v1/chat/stream", { json: { message, conversationId } });
  expect(answer.status).toBe(200);
  const events = readEvents(answer);
  const first = (await events.next()).value as ReceivedEvent;
  return { runId: first.data.runId as string, events };
}

const isTerminal = ({ data }: ReceivedEvent) => ["done", "end", "error"].includes(data.type);

describe("the first start", () => {
  test("makes a token and shows it once; later starts on the same state take it, and show none", async () => {
    const folder = temporaryFolder();
    const first = await startGatewayProcess({ folder, settings: null });
    const token = /Token +(\S+)\n/.exec(first.cli.stdout)?.[1] ?? "";
    expect(token.length).toBeGreaterThan(20);
    expect((await first.call("/api/v1/agents", { token })).status).toBe(200);
    expect((await first.call("/api/v1/agents", { token: `${token}x` })).status).toBe(401);
    await stop(first);

    const second = await startGatewayProcess({ folder, settings: null });
    expect((await second.call("/api/v1/agents", { token })).status).toBe(200);
    const { stdout } = await stop(second);
    expect(stdout).not.toContain(token);
    expect(stdout).not.toMatch(/Token +/);
  });

  test("says where it is and what answers, and what it says to try works", async () => {
    const gateway = await startGatewayProcess({ folder: temporaryFolder(), settings: null });
    expect(gateway.cli.stdout).toContain("embedded model");
    const [, url = "", token = "", body = ""] = /curl (\S+) -H "Authorization: Bearer (\S+)" .* -d '(.*)'/.exec(gateway.cli.stdout) ?? [];
    const answer = await fetch(url, { method: "POST", headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" }, body });
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain("Hello");
  });

  test("makes no token when the settings have one", async () => {
    const upstream = await fakeUpstream();
    const gateway = await startGatewayProcess({ folder: temporaryFolder(), settings: settingsFor(upstream) });
    expect(gateway.cli.stdout).not.toMatch(/Token +/);
    expect(gateway.cli.stdout).toMatch(/Provider +fake\n/);
  });
});

test("tells that it serves, and alive, without a key", async () => {
  const gateway = await startGatewayProcess({ folder: temporaryFolder(), settings: null });
  for (const path of ["/readyz", "/livez", "/health"]) expect((await fetch(gateway.url + path)).status, path).toBe(200);
});

test("sessions, their messages and the ended runs are there after a restart, and can be gone on with", async () => {
  const upstream = await fakeUpstream();
  const settings = settingsFor(upstream);
  const folder = temporaryFolder();
  const first = await startGatewayProcess({ folder, settings });
  const { runId, events } = await openStream(first, "One", "conv_a");
  const before = await Array.fromAsync(events);
  await stop(first);

  const second = await startGatewayProcess({ folder, settings });
  const said = [["user", "One"], ["assistant", "You said: One"]];
  expect(await messagesOf(second, "conv_a")).toEqual(said);
  expect(await runOf(second, runId)).toMatchObject({ status: "completed", content: "You said: One" });
  const replayed = await Array.fromAsync(readEvents(await second.call(`/api/v1/runs/${runId}/events`)));
  expect(replayed.map(({ data }) => data.type)).toEqual(["start", "delta", "done"]);
  expect(replayed.at(-1)?.data).toEqual(before.at(-1)?.data);
  // In the middle it cannot be entered any more: the pieces that the text came in are not stored.
  expect((await second.call(`/api/v1/runs/${runId}/events`, { headers: { "Last-Event-ID": `${runId}:2` } })).status).toBe(404);
  await (await second.call("/api/v1/chat", { json: { message: "Two", conversationId: "conv_a" } })).text();
  expect(await messagesOf(second, "conv_a")).toEqual([...said, ["user", "Two"], ["assistant", "You said: Two"]]);
  const { messages } = upstream.requests.at(-1)!.body as { messages: Message[] };
  expect(messages.filter(({ role }) => role !== "system").map(({ content }) => content)).toEqual(["One", "You said: One", "Two"]);
});

describe("SIGTERM", () => {
  test("takes no more requests, lets the running turn end, and then leaves with 0", async () => {
    const upstream = await fakeUpstream();
    const settings = settingsFor(upstream);
    const folder = temporaryFolder();
    const gateway = await startGatewayProcess({ folder, settings });
    const [client, probe] = [keptAlive(gateway.url), keptAlive(gateway.url)];
    for (const call of [client, probe]) expect((await call("GET", "/readyz")).status).toBe(200);
    const { runId, events } = await openStream(gateway, "Take your time [slow 40]", "conv_a");

    gateway.cli.kill("SIGTERM");
    // On connections of their own, since each refusal closes its connection.
    await vi.waitFor(async () => expect((await fetch(`${gateway.url}/readyz`)).status).toBe(503), patience);
    const refused = await client("POST", "/api/v1/chat", { message: "Hello", conversationId: null });
    expect(refused).toMatchObject({ status: 503, isReused: true, headers: { connection: "close" } });
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
    expect(JSON.parse(refused.body)).toMatchObject({ error: "service_unavailable", status: 503 });
    expect(await probe("GET", "/readyz")).toMatchObject({ status: 503, isReused: true });
    expect((await fetch(`${gateway.url}/livez`)).status).toBe(200);

    const rest = await Array.fromAsync(events);
    expect(rest.filter(isTerminal).map(({ data }) => data.type)).toEqual(["done"]);
    const { status, signal, stderr } = await gateway.cli.exit;
    expect({ status, signal, stderr }).toEqual({ status: 0, signal: null, stderr: "" });

    const again = await startGatewayProcess({ folder, settings });
    const whole = Array.from({ length: 40 }, (_, index) => `slow${index} `).join("");
    expect(await runOf(again, runId)).toMatchObject({ status: "completed", content: whole });
    expect(await messagesOf(again, "conv_a")).toEqual([["user", "Take your time [slow 40]"], ["assistant", whole]]);
  });

  test("with nothing under way leaves at once, kept-alive connections or not", async () => {
    const gateway = await startGatewayProcess({ folder: temporaryFolder(), settings: null });
    await keptAlive(gateway.url)("GET", "/readyz");
    const asked = performance.now();
    await stop(gateway);
    expect(performance.now() - asked).toBeLessThan(5000);
  });

  test("a second signal does not wait for the turns; the run is marked at the next start", async () => {
    const upstream = await fakeUpstream();
    const settings = settingsFor(upstream);
    const folder = temporaryFolder();
    const gateway = await startGatewayProcess({ folder, settings });
    const { runId, events } = await openStream(gateway, "Hello [hang-mid]", "conv_a");
    const cut = Array.fromAsync(events).catch(() => "cut");
    gateway.cli.kill("SIGTERM");
    await vi.waitFor(async () => expect((await fetch(`${gateway.url}/readyz`)).status).toBe(503), patience);
    gateway.cli.kill("SIGINT");
    expect((await gateway.cli.exit).status).toBe(130);
    expect(await cut).toBe("cut");

    const again = await startGatewayProcess({ folder, settings });
    expect(await runOf(again, runId)).toMatchObject({ status: "failed", error: { error: "service_unavailable" } });
  });
});

test("a signal that comes as soon as it says where it listens is a stop like any other", async () => {
  const folder = temporaryFolder();
  const cli = openclaw(["start", "--port", "0"], { HOME: folder, OPENCLAW_STATE_DIR: join(folder, "state") });
  await cli.untilSaid(/Listening/);
  cli.kill("SIGTERM");
  expect(await cli.exit).toMatchObject({ status: 0, signal: null, stderr: "" });
});

test("SIGINT is a stop like SIGTERM", async () => {
  const gateway = await startGatewayProcess({ folder: temporaryFolder(), settings: null });
  // Whoever has had an answer comes after the start.
  expect((await fetch(`${gateway.url}/readyz`)).status).toBe(200);
  gateway.cli.kill("SIGINT");
  expect(await gateway.cli.exit).toMatchObject({ status: 0, stderr: "" });
});

describe("kill -9 in the middle of a turn", () => {
  test("the run is found at the next start and failed; the question is there once, no answer, and the session goes on", async () => {
    const upstream = await fakeUpstream();
    const settings = settingsFor(upstream);
    const folder = temporaryFolder();
    const first = await startGatewayProcess({ folder, settings });
    await (await first.call("/api/v1/chat", { json: { message: "Before", conversationId: "conv_a" } })).text();
    const { runId, events } = await openStream(first, "Hello [hang-mid]", "conv_a");
    const cut = Array.fromAsync(events).catch(() => "cut");
    expect(await runOf(first, runId)).toMatchObject({ status: "running" });
    first.cli.kill("SIGKILL");
    expect((await first.cli.exit).signal).toBe("SIGKILL");
    expect(await cut).toBe("cut");
    await upstream.untilAborted(1);

    const second = await startGatewayProcess({ folder, settings });
    expect(await runOf(second, runId)).toMatchObject({ status: "failed", error: { error: "service_unavailable" } });
    const stored = [["user", "Before"], ["assistant", "You said: Before"], ["user", "Hello [hang-mid]"]];
    expect(await messagesOf(second, "conv_a")).toEqual(stored);
    expect((await sessionOf(second, "conv_a")).messageCount).toBe(3);
    const told = await Array.fromAsync(readEvents(await second.call(`/api/v1/runs/${runId}/events`)));
    expect(told.map(({ data }) => data.type)).toEqual(["error"]);
    expect(told[0]?.data).toMatchObject({ error: "service_unavailable", status: 503 });

    await (await second.call("/api/v1/chat", { json: { message: "After", conversationId: "conv_a" } })).text();
    expect(await messagesOf(second, "conv_a")).toEqual([...stored, ["user", "After"], ["assistant", "You said: After"]]);
    expect((await sessionOf(second, "conv_a")).messageCount).toBe(5);
    // What was marked once is not marked again, nor counted.
    await stop(second);
    const third = await startGatewayProcess({ folder, settings });
    expect((await sessionOf(third, "conv_a")).messageCount).toBe(5);
  });

  test("whoever asked for it with an Idempotency-Key is told that it failed, and no second turn is made", async () => {
    const upstream = await fakeUpstream();
    const settings = settingsFor(upstream);
    const folder = temporaryFolder();
    const first = await startGatewayProcess({ folder, settings });
    const asked = (path: string, key: string) => [path, { json: { message: "Hello [hang-mid]" }, headers: { "Idempotency-Key": key } }] as const;
    const stream = asked("/api/v1/chat/stream", "stream");
    const json = asked("/api/v1/chat", "json");
    const cut = [first.call(...stream).then((answer) => answer.text()), first.call(...json)].map((answer) => answer.then(() => "answered", () => "cut"));
    await upstream.untilRequests(2);
    first.cli.kill("SIGKILL");
    expect(await Promise.all(cut)).toEqual(["cut", "cut"]);

    const second = await startGatewayProcess({ folder, settings });
    for (const request of [stream, json]) {
      const again = await second.call(...request);
      expect([again.status, again.headers.get("Idempotency-Replayed"), await again.json()]).toEqual([503, "true", expect.objectContaining({ error: "service_unavailable" })]);
    }
    expect(upstream.requests).toHaveLength(2);
  });

  test("of a session that began with it: the session is there, with its question", async () => {
    const upstream = await fakeUpstream();
    const settings = settingsFor(upstream);
    const folder = temporaryFolder();
    const first = await startGatewayProcess({ folder, settings });
    // Nobody waits for this one: it is in the background.
    const accepted = (await (await first.call("/api/v1/message", { json: { message: "Hello [hang]", channel: "api", conversation_id: "conv_b", wait_for_response: false } })).json()) as { run_id: string };
    await upstream.untilRequests(1);
    first.cli.kill("SIGKILL");
    await first.cli.exit;

    const second = await startGatewayProcess({ folder, settings });
    expect(await runOf(second, accepted.run_id)).toMatchObject({ status: "failed" });
    expect(await messagesOf(second, "conv_b")).toEqual([["user", "Hello [hang]"]]);
    expect((await sessionOf(second, "conv_b")).messageCount).toBe(1);
  });

  test("right after the answer to a change leaves its entry in the audit log", async () => {
    const folder = temporaryFolder();
    const settings = settingsFor(await fakeUpstream());
    const first = await startGatewayProcess({ folder, settings });
    await (await first.call("/api/v1/messages", { json: { message: "Hello", sessionId: "one" } })).text();
    const answer = await first.call("/api/v1/sessions/one", { method: "DELETE", headers: { "X-Request-Id": "the-last-change" } });
    first.cli.kill("SIGKILL");
    expect(answer.status).toBe(204);
    await first.cli.exit;

    const second = await startGatewayProcess({ folder, settings });
    const { entries } = (await (await second.call("/api/v1/logs?kind=audit&operation=deleteSession")).json()) as { entries: object[] };
    expect(entries).toMatchObject([{ requestId: "the-last-change", keyId: expect.stringMatching(/^key_/), object: "one", status: 204 }]);
  });

  test("under load loses and doubles nothing that was answered", async () => {
    const upstream = await fakeUpstream();
    const settings = settingsFor(upstream);
    const folder = temporaryFolder();
    const first = await startGatewayProcess({ folder, settings });
    const answered: string[] = [];
    /** Talks until the gateway is gone. */
    const talk = async (id: string) => {
      for (let turn = 0; turn < 10_000; turn++) {
        const answer = await first.call("/api/v1/messages", { json: { message: `turn ${turn}`, sessionId: id } });
        await answer.json();
        answered.push(`${id} turn ${turn}`);
        if (answered.length === 100) first.cli.kill("SIGKILL");
      }
    };
    const ids = ["one", "two", "three", "four"];
    await Promise.allSettled(ids.map(talk));
    await first.cli.exit;
    expect(answered.length).toBeGreaterThanOrEqual(100);

    const second = await startGatewayProcess({ folder, settings });
    for (const id of ids) {
      const messages = await messagesOf(second, id);
      expect((await sessionOf(second, id)).messageCount).toBe(messages.length);
      const questions = messages.filter(([role]) => role === "user").map(([, content]) => content);
      const turns = answered.filter((said) => said.startsWith(`${id} `)).map((said) => said.slice(id.length + 1));
      // At most the turn under way is there besides those that were answered.
      expect(questions.slice(0, turns.length)).toEqual(turns);
      expect(questions.length - turns.length).toBeLessThanOrEqual(1);
      const answers = messages.filter(([role]) => role === "assistant").map(([, content]) => content);
      expect(answers.slice(0, turns.length)).toEqual(turns.map((said) => `You said: ${said}`));
      expect(new Set(answers).size).toBe(answers.length);
    }
  });
});

describe("what goes wrong at the start is said, with a status", () => {
  function failing(args: readonly string[], folder = temporaryFolder()): CliProcess {
    return openclaw(args, { HOME: folder, OPENCLAW_STATE_DIR: join(folder, "state") });
  }

  test("78: an unknown key, with the file, the path, and the key that was meant", async () => {
    const folder = temporaryFolder();
    const file = join(folder, "mine.json5");
    writeFileSync(file, "{ gateway: { prot: 3000 } }");
    const { status, stdout, stderr } = await failing(["start", "--port", "0", "--config", file], folder).exit;
    expect({ status, stdout }).toEqual({ status: 78, stdout: "" });
    for (const part of [file, "/gateway/prot", "Did you mean port?"]) expect(stderr).toContain(part);
    expect(stderr).not.toContain("    at ");
  });

  test("78: a settings file that is named and not there", async () => {
    const folder = temporaryFolder();
    const file = join(folder, "nowhere.json");
    const { status, stderr } = await failing(["start", "--port", "0", "--config", file], folder).exit;
    expect(status).toBe(78);
    expect(stderr).toContain(file);
    expect(stderr).toContain("There is no such file.");
  });

  test("1: a port that is taken", async () => {
    const other = createServer();
    onTestFinished(() => void other.close());
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as AddressInfo;
    const { status, stderr } = await failing(["start", "--port", String(port)]).exit;
    expect(status).toBe(1);
    expect(stderr).toMatch(new RegExp(`^The port is taken: .*127\\.0\\.0\\.1:${port}.*--port`));
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  });

  test("1: an option that there is not, and a port that is none", async () => {
    const [unknown, port] = await Promise.all([failing(["start", "--portt", "3000"]).exit, failing(["start", "--port", "many"]).exit]);
    expect(unknown).toMatchObject({ status: 1, stdout: "", stderr: expect.stringContaining("--portt") });
    expect(port).toMatchObject({ status: 1, stdout: "", stderr: expect.stringContaining("a port is a number from 0 to 65535") });
  });

  test("0: --help, which lists the commands, and starts nothing", async () => {
    const { status, stdout, stderr } = await failing(["--help"]).exit;
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/^ +start /m);
    expect(stdout).toMatch(/^ +chat /m);
    expect(await failing(["start", "--help"]).exit).toMatchObject({ status: 0, stdout: expect.stringContaining("OPENCLAW_STATE_DIR") });
  });
});
