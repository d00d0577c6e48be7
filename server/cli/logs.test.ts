import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { ownerToken, readOnlyToken, startTestGateway, type TestGateway } from "../../contract-tests/harness/gateway.ts";
import { runOpenclaw } from "./testing.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.close());

const atGateway = () => ({ OPENCLAW_URL: gateway.url, OPENCLAW_TOKEN: ownerToken });

/** Asks for a session that there is not, so that the log has a line of it. */
const ask = (name: string) => gateway.call(`/api/v1/sessions/${name}`);

const line = (number: number, level = 30) => `${JSON.stringify({ level, time: Date.parse("2026-04-30T10:00:00Z") + number * 60_000, requestId: `req_${number}`, path: "/api/v1/chat", msg: "request" })}\n`;

/** A home whose gateway has logged these lines, the newest file first, and does not run. */
function home(...files: string[]): Record<string, string> {
  const folder = mkdtempSync(join(tmpdir(), "openclaw-logs-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, ".openclaw/logs"), { recursive: true });
  files.forEach((text, number) => writeFileSync(join(folder, `.openclaw/logs/gateway.log${number === 0 ? "" : `.${number}`}`), text));
  return { HOME: folder };
}

describe("of a gateway that runs", () => {
  test("prints the last lines, the oldest first, each on a line that `grep` finds requests in", async () => {
    await ask("one");
    await ask("two");
    await vi.waitFor(async () => {
      const { status, stdout, stderr } = await runOpenclaw(["logs", "--grep", "/api/v1/sessions/", "-n", "2"], atGateway());
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      expect(stdout.split("\n")).toEqual([expect.stringMatching(/^\S+Z INFO {2}request requestId=req_\w+ keyId=key_\w+ operation=getSession sessionId=one address=127\.0\.0\.1 method=GET path=\/api\/v1\/sessions\/one status=404 /), expect.stringContaining("sessionId=two"), ""]);
    }, 10_000);
  });

  test("`--json` prints lines of the contract, and `--level` and `--since` leave out others", async () => {
    await ask("three");
    const { stdout } = await runOpenclaw(["logs", "--json", "--since", "10m", "--level", "info", "--lines", "1"], atGateway());
    expect(JSON.parse(stdout)).toMatchObject({ kind: "gateway", level: "info", message: "request" });
    expect(await runOpenclaw(["logs", "--level", "fatal"], atGateway())).toEqual({ status: 0, stdout: "", stderr: "" });
  });

  test("`--follow` goes on with what comes", async () => {
    const child = spawn(process.execPath, [join(import.meta.dirname, "openclaw.ts"), "logs", "--follow", "--lines", "0", "--grep", "followed"], { env: { PATH: process.env["PATH"], ...atGateway() }, stdio: ["ignore", "pipe", "inherit"] });
    onTestFinished(() => void child.kill("SIGKILL"));
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const next = lines.next();
    const asking = setInterval(() => void ask("followed"), 100);
    expect((await next).value).toContain("sessionId=followed");
    clearInterval(asking);
  });

  test.each([
    { what: "a token that may not", env: { OPENCLAW_TOKEN: readOnlyToken }, status: 77, said: "`logs:read`" },
    { what: "a token of nobody's", env: { OPENCLAW_TOKEN: "nobody" }, status: 77, said: "refuses this token" },
    { what: "nothing there", env: { OPENCLAW_URL: "http://127.0.0.1:9" }, status: 69, said: "No gateway answers" },
  ])("says what to do: $what", async ({ env, status, said }) => {
    expect(await runOpenclaw(["logs"], { ...atGateway(), ...env })).toEqual({ status, stdout: "", stderr: expect.stringContaining(said) });
  });

  test.each([["--since", "yesterday"], ["--level", "loud"], ["--lines", "-1"], ["--url", "ftp://x"]])("refuses %s %s", async (...args) => {
    expect((await runOpenclaw(["logs", ...args], {})).status).toBe(1);
  });
});

describe("of the file", () => {
  test("reads it, the rotated ones too, where neither address nor token is given", async () => {
    const { status, stdout } = await runOpenclaw(["logs", "-n", "3"], home(line(3, 50) + line(4), line(1) + "cut {\n" + line(2)));
    expect({ status, lines: stdout.split("\n").map((text) => text.slice(0, 44)) }).toEqual({
      status: 0,
      lines: ["2026-04-30T10:02:00.000Z INFO  request reque", "2026-04-30T10:03:00.000Z ERROR request reque", "2026-04-30T10:04:00.000Z INFO  request reque", ""],
    });
  });

  test("filters as the gateway does", async () => {
    const env = home(line(1) + line(2, 50) + line(3, 50));
    const { stdout } = await runOpenclaw(["logs", "--level", "warn", "--since", "2026-04-30T10:03:00Z", "--json"], env);
    expect(stdout.trim().split("\n").map((text) => (JSON.parse(text) as { requestId: string }).requestId)).toEqual(["req_3"]);
    expect((await runOpenclaw(["logs", "--grep", "REQ_1 request"], env)).stdout.split("\n")).toHaveLength(2);
  });

  test("tells an error by its words; its stack is for `--json`", async () => {
    const env = home(`${JSON.stringify({ level: 50, time: 0, msg: "it broke", err: { type: "TypeError", message: "no such thing", stack: "TypeError: no such thing\n    at here" } })}\n`);
    expect((await runOpenclaw(["logs"], env)).stdout).toBe('1970-01-01T00:00:00.000Z ERROR it broke err="TypeError: no such thing"\n');
    expect((await runOpenclaw(["logs", "--json"], env)).stdout).toContain("at here");
  });

  test("does not let a line steer the terminal", async () => {
    const { stdout } = await runOpenclaw(["logs"], home(`${JSON.stringify({ level: 30, time: 0, msg: "a\u001b[2Jb\nc", path: "\u001b]0;x\u0007" })}\n`));
    expect(stdout).toBe('1970-01-01T00:00:00.000Z INFO  a[2Jb c path=]0;x\n');
  });

  test("ends quietly when the reader has had enough", async () => {
    const env = home(Array.from({ length: 20_000 }, (_, number) => line(number)).join(""));
    const child = spawn("sh", ["-c", `"${process.execPath}" "${join(import.meta.dirname, "openclaw.ts")}" logs -n 20000 | head -1; exit "$?"`], { env: { PATH: process.env["PATH"], ...env } });
    let stderr = "";
    child.stderr.on("data", (text: Buffer) => (stderr += text.toString()));
    const [status] = (await once(child, "close")) as [number];
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });

  test("says what to do where there is none", async () => {
    const env = home();
    writeFileSync(join(env["HOME"]!, ".openclaw/openclaw.json"), `{ logging: { file: null } }`);
    expect(await runOpenclaw(["logs"], env)).toEqual({ status: 69, stdout: "", stderr: expect.stringContaining("--url or --token") });
  });
});
