import { describe, expect, test } from "vitest";
import { expectRefusedByLimit, runExample, startExampleGateway, tightLimit } from "./examples.ts";

export interface OpenAiExample {
  /** Of its folder. */
  name: string;
  /** Whether the machine lacks what it needs. */
  lacks: boolean;
  program: string;
  args: readonly string[];
  /** What it prints when the model asks for the two dates. */
  call: string;
}

/** Words that make the embedded model call the tool. */
const question = 'call days_between {"first":"2026-03-01","second":"2026-12-24"}';

/** Tests an example that talks to the OpenAI face with somebody's library: what is alike in all of them. */
export function describeOpenAiExample({ name, lacks, program, args, call }: OpenAiExample): void {
  describe.skipIf(lacks)(`examples/${name}`, { timeout: 60_000 }, () => {
    test("answers, streams, and runs its own tool", async () => {
      const { url } = await startExampleGateway();
      const { stdout, stderr, status } = await runExample(program, [...args, question], { url });
      expect([status, stderr]).toEqual([0, ""]);
      expect(stdout).toContain("An answer: You said: In one sentence: what is a gateway?\n");
      expect(stdout).toContain("A stream: You said: Tell a story in three sentences.\n");
      expect(stdout).toContain(`${call}\n`);
      expect(stdout).toMatch(/\nWith a tool: .*\b298\b.*\n$/);
    });

    test("waits while the gateway says that it is too much", async () => {
      const gateway = await startExampleGateway({ settings: { api: tightLimit() } });
      const { stdout, stderr, status } = await runExample(program, [...args, question], gateway);
      expect([status, stderr]).toEqual([0, ""]);
      expect(stdout).toMatch(/\nWith a tool: .*\b298\b/);
      await expectRefusedByLimit(gateway);
    });

    test("ends with status 1 and the reason: a wrong token, or none", async () => {
      const { url } = await startExampleGateway();
      const wrong = await runExample(program, args, { url, token: "oc_tok_nobody" });
      expect([wrong.status, wrong.stderr]).toEqual([1, expect.stringMatching(/^The gateway refused: .*token.*\n$/)]);
      const none = await runExample(program, args, { url, token: "" });
      expect([none.status, none.stderr]).toEqual([1, "Set OPENCLAW_TOKEN to a token of the gateway.\n"]);
    });
  });
}
