import { newId } from "../ids.ts";
import type { NewSession, RunRecord } from "./store.ts";

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
