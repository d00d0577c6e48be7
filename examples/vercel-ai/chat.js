// The AI SDK through the gateway's OpenAI face: an answer, a streamed one, and one that needs a tool of this program.
// node chat.js "How many days are between 2026-03-01 and 2026-12-24?"
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { APICallError, generateText, isStepCount, RetryError, streamText, tool } from "ai";
import { z } from "zod";

const { OPENCLAW_URL = "http://127.0.0.1:18789", OPENCLAW_TOKEN, OPENCLAW_MODEL = "gpt-5-mini" } = process.env;
const [question = "How many days are between 2026-03-01 and 2026-12-24?"] = process.argv.slice(2);

const daysBetween = tool({
  description: "How many days lie between two dates, each as YYYY-MM-DD.",
  inputSchema: z.object({ first: z.iso.date(), second: z.iso.date() }),
  execute({ first, second }) {
    console.log(`(calls days_between with ${first} and ${second})`);
    return (Date.parse(second) - Date.parse(first)) / 86_400_000;
  },
});

async function main() {
  const openclaw = createOpenAICompatible({ name: "openclaw", baseURL: `${OPENCLAW_URL}/api/v1/openai`, apiKey: OPENCLAW_TOKEN, includeUsage: true });
  const model = openclaw.chatModel(OPENCLAW_MODEL);
  // A 429 is tried again after what Retry-After says.
  const patience = { maxRetries: 3, timeout: 120_000 };

  const answer = await generateText({ model, ...patience, prompt: "In one sentence: what is a gateway?" });
  console.log(`An answer: ${answer.text}`);

  // A stream never throws: what goes wrong is told to onError, and the end of our patience to onAbort.
  let failure;
  const stream = streamText({
    model,
    ...patience,
    prompt: "Tell a story in three sentences.",
    onError: ({ error }) => void (failure = error),
    onAbort: () => void (failure = new Error("The answer took too long.")),
  });
  process.stdout.write("A stream: ");
  for await (const text of stream.textStream) process.stdout.write(text);
  if (failure) throw failure;
  console.log(`\n(${(await stream.usage).totalTokens} tokens)`);

  const told = await generateText({ model, ...patience, prompt: question, tools: { days_between: daysBetween }, stopWhen: isStepCount(5) });
  console.log(`With a tool: ${told.text}`);
}

/** What went wrong, for people. */
function reasonOf(error) {
  const last = RetryError.isInstance(error) ? error.lastError : error;
  if (!APICallError.isInstance(last)) return String(last);
  return last.statusCode === undefined ? `No gateway answers at ${OPENCLAW_URL}. Set OPENCLAW_URL to where it is.` : `The gateway refused: ${last.message}`;
}

if (!OPENCLAW_TOKEN) {
  console.error("Set OPENCLAW_TOKEN to a token of the gateway.");
  process.exitCode = 1;
} else {
  await main().catch((error) => {
    console.error(reasonOf(error));
    process.exitCode = 1;
  });
}
