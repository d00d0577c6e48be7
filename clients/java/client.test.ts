import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { runProgram } from "../../contract-tests/editions/support/run-program.ts";
import { ownerToken, startTestGateway, type TestGateway } from "../../contract-tests/harness/gateway.ts";
import { lacks } from "../../contract-tests/harness/lacks.ts";

const folder = import.meta.dirname;
const classPath = ["target/classes", "target/test-classes", "target/lib/*"].map((path) => join(folder, path)).join(":");
const lacksClient = lacks("clients/java/target (clients/java/setup.sh makes it)", "java", ["-cp", classPath, "org.junit.platform.console.ConsoleLauncher", "engines"]);
const timeoutMs = 120_000;

describe.skipIf(lacksClient)("the Java client", { timeout: timeoutMs }, () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway();
  });
  afterAll(() => gateway?.close());

  function java(...args: readonly string[]) {
    return runProgram("java", ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", classPath, ...args], { env: { OPENCLAW_BASE_URL: gateway.url, OPENCLAW_TOKEN: ownerToken }, timeoutMs });
  }

  test("talks, streams, resumes, pages and tells errors at a gateway, and reads all that the contract shows", async () => {
    const root = join(folder, "../..");
    const { stdout, stderr, status } = await java(`-Dopenclaw.root=${root}`, "org.junit.platform.console.ConsoleLauncher", "execute", "--scan-classpath", join(folder, "target/test-classes"), "--details=tree", "--disable-ansi-colors", "--disable-banner");
    expect(status, stdout + stderr).toBe(0);
    // Each example is a test: there are many, or they were not found.
    expect(Number(/(\d+) tests successful/.exec(stdout)?.[1])).toBeGreaterThan(100);
  });

  test("streams an answer with the program that the README shows; what else it shows compiles", async () => {
    const readme = await readFile(join(folder, "README.md"), "utf8");
    const [story, ...fragments] = [...readme.matchAll(/```java\n(.*?)```/gs)].map(([, code]) => code);
    const program = `import openclaw.*;\nimport openclaw.api.*;\nimport openclaw.model.*;\n${story}\nclass Fragments { void run(ApiClient client) throws Exception { ${fragments.join("\n")} } }`;
    const programs = await mkdtemp(join(tmpdir(), "openclaw-java-"));
    onTestFinished(() => rm(programs, { recursive: true }));
    await writeFile(join(programs, "Story.java"), program);
    const { stdout, stderr, status } = await java(join(programs, "Story.java"));
    expect(status, stderr).toBe(0);
    expect(stdout).toBe("You said: Tell me a story\n");
  });
});
