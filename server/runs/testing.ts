import { newId } from "../ids.ts";
import type { FinishRun, NewSession, RunRecord } from "./store.ts";

// What tests begin turns with.

export function newSession(overrides: Partial<NewSession> = {}): NewSession {
  return { id: newId("sess"), workspaceId: "default", agentId: "main", userId: null, channel: "api", title: "Hello", createdAt: 1000, ...overrides };
}

/** A run as it begins. */
export function newRun(overrides: Partial<RunRecord> = {}): RunRecord {
  return {
    id: newId("run"),
    face: "agents",
    requestId: "req_1",
    sessionId: null,
    workspaceId: "default",
    agentId: "main",
    userId: null,
    channel: "api",
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
    createdAt: 1000,
    finishedAt: null,
    ...overrides,
  };
}

/** How a run ends: answered, unless told otherwise. */
export function newEnd(run: FinishRun["run"], overrides: Partial<FinishRun> = {}): FinishRun {
  return {
    run,
    isForChannel: false,
    status: "completed",
    messageId: newId("msg"),
    content: "Hello yourself",
    model: "embedded/echo",
    usage: { inputTokens: 3, outputTokens: 4 },
    cost: null,
    finishReason: "stop",
    toolCalls: [],
    toolsInvoked: [],
    latencyMs: 12,
    error: null,
    finishedAt: 2000,
    ...overrides,
  };
}
