import { spawn, type ChildProcess } from "node:child_process";
import { on, once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { ownerToken, readOnlyToken, startTestGateway, type TestGateway } from "../../contract-tests/harness/gateway.ts";

let gateway: TestGateway;
const children: ChildProcess[] = [];

beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.close());
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

interface Outcome {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** `openclaw chat` as a script would call it: no terminal, and nothing of this process's environment. */
function start(args: string[], { url = gateway.url, token = ownerToken, env = {} }: { url?: string; token?: string; env?: Record<string, string> } = {}) {
  const child = spawn(process.execPath, [join(import.meta.dirname, "openclaw.ts"), "chat", ...args], {
    env: { PATH: process.env["PATH"], OPENCLAW_URL: url, OPENCLAW_TOKEN: token, ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  children.push(child);
  return child;
}

async function outcomeOf(child: ReturnType<typeof start>): Promise<Outcome> {
  const [stdout, stderr, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { stdout, stderr, status: status as number | null };
}

function chat(args: string[], { input = "", ...options }: Parameters<typeof start>[1] & { input?: string } = {}): Promise<Outcome> {
  const child = start(args, options);
  child.stdin.end(input);
  return outcomeOf(child);
}

describe("with a message", () => {
  test("takes one turn: the answer on standard output, the rest beside it, no colours", async () => {
    const { status, stdout, stderr } = await chat(["one", "two", "three"]);
    expect({ status, stdout }).toEqual({ status: 0, stdout: "You said: one two three\n" });
    expect(stderr).toMatch(/^embedded\/echo-1 · \d+ tokens in, \d+ out · \d+\.\d s\n$/);
  });

  test("shows tool calls with their results", async () => {
    const { stdout, stderr } = await chat(["calculate", "2+2"]);
    expect(stderr.split("\n")[0]).toBe('⚙ calculate {"expression":"2+2"} → 4');
    expect(stdout).toContain("4");
  });

  test("goes on with a session, through whichever edition", async () => {
    await chat(["the sky is green", "--session", "mine"]);
    const { stdout } = await chat(["What did I say first?", "-s", "mine", "--agent", "main"]);
    expect(stdout).toBe("You first said: the sky is green\n");
  });

  test("--json prints the contract's events, a line each", async () => {
    const { stdout, stderr } = await chat(["one", "two", "--json", "--agent", "my-agent"]);
    const events = stdout.trimEnd().split("\n").map((line) => JSON.parse(line) as { type: string; content?: string });
    expect(events[0]).toMatchObject({ type: "start", runId: expect.stringMatching(/^run_/) });
    expect(events.map(({ content = "" }) => content).join("")).toBe("You said: one two");
    expect(events.at(-1)).toMatchObject({ type: "end", finishReason: "stop" });
    expect(stderr).toBe("");
  });

  test("--model names the model; the answer says which it really was", async () => {
    const { status, stderr } = await chat(["hi there you", "--model", "anything"]);
    expect(status).toBe(0);
    expect(stderr).toContain("embedded/echo-1");
  });

  test("the owner's token of the server's environment will do", async () => {
    expect(await chat(["x"], { token: "", env: { GATEWAY_AUTH_TOKEN: ownerToken } })).toMatchObject({ status: 0, stdout: "You said: x\n" });
  });
});

describe("with lines on standard input", () => {
  test("takes a turn for each, in one session; /new begins another", async () => {
    const { status, stdout } = await chat([], { input: "first\n\nWhat did I say first?\n/new\nWhat did I say first?\n/quit\nnever said\n" });
    expect(status).toBe(0);
    expect(stdout).toBe("You said: first\nYou first said: first\nYou have said nothing before this.\n");
  });

  test("a turn that fails ends it", async () => {
    const { status, stdout } = await chat(["--agent", "nobody"], { input: "one\ntwo\n" });
    expect({ status, stdout }).toEqual({ status: 64, stdout: "" });
  });
});

describe("what goes wrong is said, with a status", () => {
  test("no gateway", async () => {
    const other = await startTestGateway();
    await other.close();
    const { status, stderr } = await chat(["hi"], { url: other.url });
    expect(status).toBe(69);
    expect(stderr).toContain(`No gateway answers at ${other.url}. Start one with \`openclaw start\`.`);
  });

  test("a token that is missing, unknown, or may not", async () => {
    expect(await chat(["hi"], { token: "" })).toMatchObject({ status: 77, stderr: expect.stringContaining("wants a token: give one with --token") });
    expect(await chat(["hi", "--token", "wrong"])).toMatchObject({ status: 77, stderr: expect.stringContaining("refuses this token: No key has this token.") });
    expect(await chat(["hi"], { token: readOnlyToken })).toMatchObject({ status: 77, stderr: expect.stringContaining("messages:write") });
  });

  test("an unknown agent; the known ones are named", async () => {
    expect(await chat(["hi", "--agent", "nobody"])).toMatchObject({ status: 64, stdout: "", stderr: "There is no agent `nobody`. The agents are main, my-agent.\n" });
  });

  test("as an event with --json", async () => {
    const { status, stdout } = await chat(["hi", "--agent", "nobody", "--json"]);
    expect(status).toBe(64);
    expect(JSON.parse(stdout)).toMatchObject({ type: "error", error: "bad_request", status: 400, details: { agents: ["main", "my-agent"] }, requestId: expect.any(String) });
  });

  test("an address that is none, and an agent with a model", async () => {
    expect(await chat(["hi", "--url", "localhost"])).toMatchObject({ status: 1, stderr: expect.stringContaining("an address looks like") });
    expect(await chat(["hi", "--agent", "main", "--model", "m"])).toMatchObject({ status: 1, stderr: expect.stringContaining("cannot be used with") });
  });
});

describe("Ctrl-C during a turn", () => {
  let slow: TestGateway;
  beforeAll(async () => {
    slow = await startTestGateway({ embeddedDelayMs: 50 });
  });
  afterAll(() => slow.close());

  test("cancels the run, says so, and leaves", async () => {
    const child = start(["word ".repeat(500), "--json"], { url: slow.url });
    const outcome = outcomeOf(child);
    let seen = "";
    for await (const [chunk] of on(child.stdout, "data")) {
      seen += String(chunk);
      if (seen.includes('"delta"')) break;
    }
    child.kill("SIGINT");
    const { status, stdout } = await outcome;
    expect(status).toBe(130);
    const lines = stdout.trimEnd().split("\n");
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({ type: "error", error: "cancelled" });
    const { runId } = JSON.parse(lines[0]!) as { runId: string };
    expect(await (await slow.call(`/api/v1/runs/${runId}`)).json()).toMatchObject({ status: "cancelled" });
  });

  test("for a person", async () => {
    const child = start(["word ".repeat(500)], { url: slow.url });
    const outcome = outcomeOf(child);
    await once(child.stdout, "data");
    child.kill("SIGINT");
    expect(await outcome).toMatchObject({ status: 130, stderr: "cancelled\n" });
  });
});
