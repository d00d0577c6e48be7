import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { examplesPython, expectRefusedByLimit, lacksPythonExample, runExample, startExampleGateway, tightLimit } from "../../contract-tests/harness/examples.ts";

const program = join(import.meta.dirname, "chat.py");
/** Words that make the embedded model call the tool. */
const question = 'call days_between {"first":"2026-03-01","second":"2026-12-24"}';

describe.skipIf(lacksPythonExample("langchain_openai"))("examples/langchain", { timeout: 60_000 }, () => {
  test("answers, streams, and runs its own tool", async () => {
    const { url } = await startExampleGateway();
    const { stdout, stderr, status } = await runExample(examplesPython, [program, question], { url });
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("An answer: You said: In one sentence: what is a gateway?\n");
    expect(stdout).toContain("A stream: You said: Tell a story in three sentences.\n");
    expect(stdout).toContain("(calls days_between with {'first': '2026-03-01', 'second': '2026-12-24'})\n");
    expect(stdout).toMatch(/\nWith a tool: .*\b298\b.*\n$/);
  });

  test("waits while the gateway says that it is too much", async () => {
    const gateway = await startExampleGateway({ settings: { api: tightLimit } });
    const { stdout, stderr, status } = await runExample(examplesPython, [program, question], gateway);
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/\nWith a tool: .*\b298\b/);
    await expectRefusedByLimit(gateway);
  });

  test("ends with status 1 and the reason: a wrong token, none, no gateway", async () => {
    const { url } = await startExampleGateway();
    const wrong = await runExample(examplesPython, [program], { url, token: "oc_tok_nobody" });
    expect([wrong.status, wrong.stderr]).toEqual([1, expect.stringMatching(/^The gateway refused: .*token.*\n$/)]);
    const none = await runExample(examplesPython, [program], { url, token: "" });
    expect([none.status, none.stderr]).toEqual([1, "Set OPENCLAW_TOKEN to a token of the gateway.\n"]);
  });
});
