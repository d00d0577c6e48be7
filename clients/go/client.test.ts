import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { runProgram } from "../../contract-tests/editions/support/run-program.ts";
import { ownerToken, startTestGateway, type TestGateway } from "../../contract-tests/harness/gateway.ts";
import { lacks } from "../../contract-tests/harness/lacks.ts";

const folder = fileURLToPath(new URL(".", import.meta.url));
const tests = join(folder, ".build/gateway.test");
const lacksClient = lacks("clients/go/.build (npm run setup:go makes it)", tests, ["-test.list", "."]);
/** What building is done with must be there already. */
const offline = { GOPROXY: "off", GOFLAGS: "-mod=readonly -buildvcs=false" };

describe.skipIf(lacksClient)("the Go client", () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway();
  });
  afterAll(() => gateway?.close());

  test("talks, streams and resumes, turns pages and reads errors", { timeout: 60_000 }, async () => {
    const { stdout, stderr, status } = await runProgram(tests, ["-test.v"], { cwd: folder, env: { OPENCLAW_BASE_URL: gateway.url, OPENCLAW_TOKEN: ownerToken }, timeoutMs: 60_000 });
    expect(status, stdout + stderr).toBe(0);
    expect(stdout).toContain("--- PASS: TestAStreamThatBreaksGoesOnBehindItsLastEvent");
  });

  test("is made by the line of the README, whose program streams an answer as it stands there, but for the address", { timeout: 60_000 }, async () => {
    const readme = await readFile(join(folder, "README.md"), "utf8");
    const line = /^go run .*oapi-codegen.*$/m.exec(readme)?.[0];
    expect((await readFile(join(folder, "setup.sh"), "utf8")).split("\n")).toContain(line);

    const program = /```go\n(package main\n.*?)```/s.exec(readme)?.[1]?.replace("http://127.0.0.1:18789", gateway.url);
    const main = await mkdtemp(join(folder, ".build/readme-"));
    onTestFinished(() => rm(main, { recursive: true }));
    await writeFile(join(main, "main.go"), program!);
    const { stdout, stderr, status } = await runProgram("go", ["run", main], { cwd: folder, env: { ...offline, OPENCLAW_TOKEN: ownerToken }, timeoutMs: 60_000 });
    expect(status, stderr).toBe(0);
    expect(stdout).toMatch(/^You said: Tell me a story\n\d+ tokens, session sess_\w+\n$/);
  });
});
