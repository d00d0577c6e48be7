import { GatewayError } from "../errors.ts";
import { homeWorkspace, mayDo, type Principal } from "../keys/principal.ts";
import { ToolError } from "./port.ts";
import { ToolInputError, type Tools, ToolTimeout } from "./registry.ts";

export interface ToolInvocations {
  /**
   * Calls a tool for a key, without a model. Throws `not_found`, `forbidden` that says why, `bad_request` with every fault of the
   * input, `timeout`, or `unprocessable` with the tool's own words.
   */
  invoke(name: string, params: Record<string, unknown>, principal: Principal, signal: AbortSignal): Promise<{ output: string; durationMs: number }>;
}

export function createToolInvocations({ tools }: { tools: Tools }): ToolInvocations {
  return {
    async invoke(name, params, principal, signal) {
      const tool = tools.get(name);
      if (!tool) throw new GatewayError("not_found", `There is no tool \`${name}\`. GET /api/tools lists those that there are.`);
      const reason = tools.refusal(tool, principal);
      if (reason !== null) throw new GatewayError("forbidden", `The tool \`${name}\` may not be called. ${reason}`, { details: { tool: name } });
      if (tools.approvalTimeoutMs(name) !== null) {
        throw new GatewayError("forbidden", `Calls of the tool \`${name}\` wait to be approved (\`tools.ask\`), which only a call in a turn can: ask an agent for it.`, { details: { tool: name } });
      }
      if (tool.permission && !mayDo(principal, tool.permission)) {
        throw new GatewayError("forbidden", `This key lacks the permission \`${tool.permission}\`, which the tool \`${name}\` needs.`, { details: { permission: tool.permission } });
      }
      const startedAt = performance.now();
      try {
        const output = await tools.invoke(name, params, { principal, workspaceId: homeWorkspace(principal), agentId: null, sessionId: null, runId: null, userId: null, signal });
        return { output, durationMs: Math.round(performance.now() - startedAt) };
      } catch (thrown) {
        if (signal.aborted) throw new GatewayError("timeout", "The caller went away before the tool was done.", { cause: thrown });
        throw errorOf(thrown);
      }
    },
  };
}

function errorOf(thrown: unknown): unknown {
  if (thrown instanceof ToolInputError) {
    const errors = thrown.faults.map(({ path, message }) => ({ path: `/params${path}`, message }));
    return new GatewayError("bad_request", thrown.message, { details: { errors } });
  }
  if (thrown instanceof ToolTimeout) return new GatewayError("timeout", thrown.message);
  return thrown instanceof ToolError ? new GatewayError("unprocessable", thrown.message, { cause: thrown.cause }) : thrown;
}
