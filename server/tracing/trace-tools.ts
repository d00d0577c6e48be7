import type { Tools } from "../tools/registry.ts";
import { spanKind, type Tracer } from "./tracer.ts";

/** Each call of a tool is a span. What goes in and comes out is not in it: that may be anything. */
export function traceTools(tools: Tools, tracer: Tracer): Tools {
  return {
    ...tools,
    async invoke(name, input, context) {
      // A name that a model made up may be of any length.
      const known = tools.get(name) ? name : "unknown";
      const span = tracer.start(`execute_tool ${known}`, spanKind.internal, { "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": known, "gen_ai.tool.type": "function" });
      try {
        return await tracer.within(span, () => tools.invoke(name, input, context));
      } catch (thrown) {
        span.fail(thrown instanceof Error ? thrown.name : "error");
        throw thrown;
      } finally {
        span.end();
      }
    },
  };
}
