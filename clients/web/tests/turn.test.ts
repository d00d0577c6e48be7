import { expect, test } from "vitest";
import { afterEvent, newTurn, spokenOf, type Turn, type TurnEvent } from "../src/chat/turn.ts";

const start: TurnEvent = { type: "start", messageId: "msg_1", sessionId: "sess_1", runId: "run_1" };
const call = (callId: string, name = "write"): TurnEvent => ({ type: "tool_use", callId, name, input: {} });
const text = (content: string): TurnEvent => ({ type: "text", content });
const after = (...events: TurnEvent[]): Turn => events.reduce(afterEvent, newTurn("Hello"));

test("text that comes in pieces is one part, and tools stand where they were called", () => {
  const { parts, state, runId } = after(start, text("a"), text("b"), call("1"), { type: "tool_result", callId: "1", name: "write", output: "ok", isError: false }, text("c"), { type: "end", usage: { inputTokens: 1, outputTokens: 2 }, finishReason: "stop" });
  expect(parts).toEqual([
    { kind: "text", text: "ab" },
    { kind: "tool", call: { callId: "1", name: "write", input: {}, state: "done", output: "ok" } },
    { kind: "text", text: "c" },
  ]);
  expect([state, runId]).toEqual(["done", "run_1"]);
});

test("of two calls with the same id a result is the last one's", () => {
  const { parts } = after(start, call("1"), call("1"), { type: "tool_result", callId: "1", name: "write", output: "no", isError: true });
  expect(parts.map((part) => part.kind === "tool" && part.call.state)).toEqual(["running", "failed"]);
});

test("what is read aloud: what it waits for, and the whole answer once it is there", () => {
  expect(spokenOf(after())).toBe("The question was sent.");
  const asking: TurnEvent = { type: "tool_approval", callId: "1", name: "write", input: {}, expiresAt: "2026-01-01T00:00:00Z" };
  expect(spokenOf(after(start, call("1"), asking))).toBe("The tool write waits for your approval.");
  expect(spokenOf(after(start, text("All "), text("of it"), { type: "end", usage: { inputTokens: 1, outputTokens: 1 }, finishReason: "stop" }))).toBe("The answer: All of it");
});
