import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { expectRefusedByLimit, lacksShellExample, runExample, startExampleGateway, tightLimit } from "../../contract-tests/harness/examples.ts";

const script = join(import.meta.dirname, "chat.sh");

describe.skipIf(lacksShellExample("curl", "jq"))("examples/curl", { timeout: 60_000 }, () => {
  test("says something, streams, tells the history of the session, and shows an error", async () => {
    const { url, call } = await startExampleGateway();
    const { stdout, stderr, status } = await runExample(script, ['A "quoted" question'], { url });
    expect(status, stderr).toBe(0);
    expect(stdout).toMatch(/^== A turn\nYou said: A "quoted" question\n\(embedded\/echo-1, \d+ tokens\)\n== A stream, in the same session\nYou said: And now as a haiku\.\n/);
    expect(stdout).toContain('\nuser: A "quoted" question\nassistant: You said: A "quoted" question\nuser: And now as a haiku.\nassistant: You said: And now as a haiku.\n');
    expect(stderr).toMatch(/^curl: \(22\) .*\nnot_found: There is no session `curl-[\d-]+-nobody`.* \(request req_.+\)\n$/);
    const { sessions } = (await (await call("/api/v1/sessions")).json()) as { sessions: { id: string; messageCount: number }[] };
    expect(sessions).toMatchObject([{ id: expect.stringMatching(/^curl-\d+-\d+$/) as unknown, messageCount: 4 }]);
  });

  test("ends with status 1 and the reason when the token is wrong, or missing", async () => {
    const { url } = await startExampleGateway();
    const wrong = await runExample(script, [], { url, token: "oc_tok_nobody" });
    expect([wrong.status, wrong.stderr]).toEqual([1, expect.stringContaining("unauthorized: ")]);
    const missing = await runExample(script, [], { url, token: "" });
    expect([missing.status, missing.stderr]).toEqual([1, expect.stringContaining("Set OPENCLAW_TOKEN")]);
  });

  test("waits while the gateway says that it is too much", async () => {
    const gateway = await startExampleGateway({ settings: { api: tightLimit() } });
    const { stdout, stderr, status } = await runExample(script, ["Slowly"], gateway);
    expect(status, stderr).toBe(0);
    expect(stdout).toContain("\nassistant: You said: And now as a haiku.\n");
    await expectRefusedByLimit(gateway);
  });
});
