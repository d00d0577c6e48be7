import type { Face, FaceRun, Schemas } from "../chat/faces/face.ts";
import type { FinishedEvent } from "../chat/turn-events.ts";
import { openaiError } from "../http/error-faces.ts";

type Chunk = Schemas["ChatCompletionChunk"];

/** OpenAI's chunks of a turn. Calls of the gateway's own tools, and that one waits, do not show: the caller could not run them. */
export const openaiFace: Face<Schemas["ChatCompletionEvent"]> = (event, run) => {
  switch (event.type) {
    case "started":
      return [chunk(run, { role: "assistant", content: "" }, null)];
    case "text":
      return [chunk(run, { content: event.text }, null)];
    case "toolUse":
    case "toolApproval":
    case "toolResult":
      return [];
    case "finished":
      return finalChunks(event, run);
    case "failed":
      return [openaiError(event.error)];
  }
};

function finalChunks(event: FinishedEvent, run: FaceRun): Schemas["ChatCompletionEvent"][] {
  const calls = event.callerToolCalls.map((call, index) =>
    chunk(run, { tool_calls: [{ index, id: call.id, type: "function", function: { name: call.name, arguments: call.arguments } }] }, null),
  );
  const usage: Chunk[] = wantsUsage(run) ? [{ ...base(run), choices: [], usage: openaiUsage(event) }] : [];
  return [...calls, chunk(run, {}, event.finishReason), ...usage, "[DONE]"];
}

function chunk(run: FaceRun, delta: Schemas["OpenaiDelta"], finishReason: Schemas["FinishReason"] | null): Chunk {
  const made: Chunk = { ...base(run), choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }] };
  if (wantsUsage(run)) made.usage = null;
  return made;
}

function base(run: FaceRun): Pick<Chunk, "id" | "object" | "created" | "model"> {
  return { id: completionId(run.messageId), object: "chat.completion.chunk", created: Math.floor(run.createdAt / 1000), model: run.model };
}

const wantsUsage = ({ faceOptions }: FaceRun) => faceOptions["includeUsage"] === true;

/** `msg_…` → `chatcmpl-…`, the form that OpenAI's ids have. */
export function completionId(messageId: string): string {
  return messageId.replace(/^msg_/, "chatcmpl-");
}

export function openaiUsage({ usage }: FinishedEvent): Schemas["OpenaiUsage"] {
  return { prompt_tokens: usage.inputTokens, completion_tokens: usage.outputTokens, total_tokens: usage.inputTokens + usage.outputTokens };
}
