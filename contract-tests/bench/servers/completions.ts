/** What the mock upstream says, ready as bytes: made once, so that the upstream costs next to nothing. */
export const completion = JSON.stringify({
  id: "chatcmpl-bench",
  object: "chat.completion",
  created: 1_700_000_000,
  model: "mock-model",
  choices: [{ index: 0, message: { role: "assistant", content: answer() }, finish_reason: "stop" }],
  usage: { prompt_tokens: 60, completion_tokens: 50, total_tokens: 110 },
});

const textChunks = 100;

/** Everything that a client's stream holds: `start`, the texts, `end`. Both servers send exactly these. */
export const eventsPerStream = textChunks + 2;

/** A whole stream, one element for each write: the texts, the finish, the usage, `[DONE]`. */
export const streamWrites: readonly string[] = [
  ...Array.from({ length: textChunks }, (_, index) => textChunk(index)),
  chunk({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] }),
  chunk({ choices: [], usage: { prompt_tokens: 60, completion_tokens: 100, total_tokens: 160 } }),
  "data: [DONE]\n\n",
];

/** The assistant's text, some 200 characters; the load looks for its beginning to know that the upstream was asked. */
export function answer(): string {
  return "Zero-delay answer: ".padEnd(200, "revenue grew while costs stayed where they were; ");
}

function textChunk(index: number): string {
  const content = `piece ${String(index).padStart(3, "0")} of the text `;
  const delta = index === 0 ? { role: "assistant", content } : { content };
  return chunk({ choices: [{ index: 0, delta, finish_reason: null }] });
}

function chunk(rest: object): string {
  const head = { id: "chatcmpl-bench", object: "chat.completion.chunk", created: 1_700_000_000, model: "mock-model" };
  return `data: ${JSON.stringify({ ...head, ...rest })}\n\n`;
}
