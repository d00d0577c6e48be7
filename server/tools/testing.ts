import { testPrincipal } from "../keys/testing.ts";
import type { ToolContext } from "./port.ts";

/** A call of a tool by nobody in particular, for tests. */
export function testToolContext(overrides: Partial<ToolContext> = {}): ToolContext {
  return { principal: testPrincipal(), workspaceId: "default", agentId: null, sessionId: null, runId: null, userId: null, signal: new AbortController().signal, ...overrides };
}
