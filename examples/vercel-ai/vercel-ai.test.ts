import { join } from "node:path";
import { lacksNodeExample } from "../../contract-tests/harness/examples.ts";
import { describeOpenAiExample } from "../../contract-tests/harness/openai-example.ts";

describeOpenAiExample({
  name: "vercel-ai",
  lacks: lacksNodeExample(import.meta.dirname, "ai", "@ai-sdk/openai-compatible", "zod"),
  program: process.execPath,
  args: [join(import.meta.dirname, "chat.js")],
  call: "(calls days_between with 2026-03-01 and 2026-12-24)",
});
