import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runProgram } from "../../contract-tests/editions/support/run-program.ts";
import { ownerToken, startTestGateway, type TestGateway } from "../../contract-tests/harness/gateway.ts";
import { lacks } from "../../contract-tests/harness/lacks.ts";

const folder = fileURLToPath(new URL(".", import.meta.url));
const lacksClient = lacks("clients/rust/target (clients/rust/setup.sh makes it)", "test", ["-x", join(folder, "target/debug/examples/stream")]);
// When the contract is newer than the client, cargo makes it anew.
const timeoutMs = 180_000;

describe.skipIf(lacksClient)("the Rust client", { timeout: timeoutMs }, () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway();
  });
  afterAll(() => gateway?.close());

  /** What goes wrong is in what cargo printed. */
  async function cargo(...args: readonly string[]): Promise<string> {
    const env = { OPENCLAW_BASE_URL: gateway.url, OPENCLAW_TOKEN: ownerToken };
    const { stdout, stderr, status } = await runProgram("cargo", [...args, "--locked", "--offline"], { cwd: folder, env, timeoutMs });
    if (status !== 0) throw new Error(`cargo ${args.join(" ")} ended with ${status}:\n${stdout}\n${stderr}`);
    return stdout;
  }

  test("converses, streams, turns pages and tells errors apart", async () => {
    expect(await cargo("test", "--test", "gateway")).toMatch(/test result: ok. \d+ passed; 0 failed; 0 ignored/);
  });

  test("is made by the line of its README, whose program streams an answer", async () => {
    const read = (name: string) => readFile(join(folder, name), "utf8");
    const [readme, client, program] = await Promise.all([read("README.md"), read("src/lib.rs"), read("examples/stream.rs")]);
    const line = /^progenitor::.*$/m.exec(client)?.[0].replace("../../generated/", "");
    expect(readme).toContain(`echo '${line}' > src/lib.rs`);
    expect(readme).toContain(program);
    expect(await cargo("run", "--example", "stream")).toMatch(/^You said: Write a deployment plan\n\d+ tokens\n$/);
  });
});
