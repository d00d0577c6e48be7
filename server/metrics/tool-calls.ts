import { ToolError } from "../tools/port.ts";
import { ToolInputError, type Tools, ToolTimeout } from "../tools/registry.ts";

/** Tools whose calls are told, each when it has ended: `ok`, `invalid_input`, `timeout`, `refused`, `cancelled` or `failed`. */
export function watchToolCalls(tools: Tools, ended: (name: string, outcome: string, durationMs: number) => void): Tools {
  return {
    ...tools,
    async invoke(name, input, context) {
      const startedAt = performance.now();
      let outcome = "ok";
      try {
        return await tools.invoke(name, input, context);
      } catch (thrown) {
        outcome = outcomeOf(thrown);
        if (outcome === "failed" && isRefused(name, context.principal)) outcome = "refused";
        throw thrown;
      } finally {
        // A name that a model or a caller made up is no tool's.
        ended(tools.get(name) ? name : "unknown", outcome, performance.now() - startedAt);
      }
    },
  };

  function isRefused(name: string, principal: Parameters<Tools["refusal"]>[1]): boolean {
    const tool = tools.get(name);
    return tool === undefined || tools.refusal(tool, principal) !== null;
  }
}

function outcomeOf(thrown: unknown): string {
  if (thrown instanceof ToolInputError) return "invalid_input";
  if (thrown instanceof ToolTimeout) return "timeout";
  return thrown instanceof ToolError ? "failed" : "cancelled";
}
