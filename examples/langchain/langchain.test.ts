import { join } from "node:path";
import { examplesPython, lacksPythonExample } from "../../contract-tests/harness/examples.ts";
import { describeOpenAiExample } from "../../contract-tests/harness/openai-example.ts";

describeOpenAiExample({
  name: "langchain",
  lacks: lacksPythonExample("langchain_openai"),
  program: examplesPython,
  args: [join(import.meta.dirname, "chat.py")],
  call: "(calls days_between with {'first': '2026-03-01', 'second': '2026-12-24'})",
});
