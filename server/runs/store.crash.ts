import { newId } from "../ids.ts";
import { openDatabase } from "../storage/database.ts";
import { createEventWriter } from "../events/writer.ts";
import { createRunStore } from "./store.ts";

// The process that `store.test.ts` kills: turns in eight sessions at once, until it dies. Says so when the first has ended.

const database = await openDatabase(process.argv[2] ?? "");
const runs = createRunStore({ database, events: createEventWriter({ database }) });

async function talk(): Promise<never> {
  const sessionId = newId("sess");
  const common = { sessionId, workspaceId: "default", agentId: "main", userId: null, channel: "api" } as const;
  for (let turn = 0; ; turn++) {
    const id = newId("run");
    const createdAt = Date.now();
    await runs.begin({
      run: {
        ...common,
        id,
        face: "agents",
        requestId: "req_1",
        keyId: "key_1",
        isStreamed: false,
          faceOptions: {},
        status: "running",
        model: null,
        messageId: null,
        content: "",
        finishReason: null,
        usage: null,
        latencyMs: null,
        toolCalls: [],
        toolsInvoked: [],
        error: null,
        createdAt,
        finishedAt: null,
      },
      session: turn === 0 ? { ...common, id: sessionId, title: "", createdAt } : null,
      userMessage: { id: newId("msg"), content: "Hello" },
    });
    const isFailure = turn % 5 === 4;
    await runs.finish({
      run: { ...common, id, sessionId },
      isForChannel: false,
      status: isFailure ? "failed" : "completed",
      messageId: isFailure ? null : newId("msg"),
      content: isFailure ? "" : "x".repeat(2000),
      model: "m",
      usage: isFailure ? null : { inputTokens: 1, outputTokens: 2 },
      cost: null,
      finishReason: "stop",
      toolCalls: [],
      toolsInvoked: [],
      latencyMs: 1,
      error: isFailure ? { code: "provider_error", message: "", details: {} } : null,
      finishedAt: Date.now(),
    });
    process.send?.("ended");
  }
}

await Promise.all(Array.from({ length: 8 }, talk));
