import { testPrincipal } from "../keys/testing.ts";
import type { ToolContext } from "./port.ts";
import type { ToolSettings } from "./registry.ts";

/** A call of a tool by nobody in particular, for tests. */
export function testToolContext(overrides: Partial<ToolContext> = {}): ToolContext {
  return { principal: testPrincipal(), workspaceId: "default", agentId: null, sessionId: null, runId: null, userId: null, signal: new AbortController().signal, ...overrides };
}

/** Settings that allow every tool but the dangerous ones, for tests. */
export function testToolSettings(overrides: Partial<ToolSettings["tools"] & ToolSettings["network"]> = {}): ToolSettings {
  const { allowPrivate = [], ...tools } = overrides;
  return { tools: { roots: [], timeoutMs: 30_000, allow: ["*"], deny: [], ask: [], approvalTimeoutMs: 60_000, ...tools }, network: { allowPrivate } };
}
