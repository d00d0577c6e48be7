import { GatewayError } from "../errors.ts";
import type { Runs } from "../runs/service.ts";
import { spanKind, type Tracer } from "./tracer.ts";

/** Each run is a span: below its request, or the beginning of a trace where a clock has started it. */
export function traceRuns(runs: Runs, tracer: Tracer): Runs {
  return {
    ...runs,
    start(run, plan) {
      const { id, sessionId, agentId } = run.identity;
      const span = tracer.start(`invoke_agent ${agentId}`, spanKind.internal, { "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.id": agentId, "gen_ai.conversation.id": sessionId, "openclaw.run.id": id });
      void run.ended
        .then(
          ({ finished: { usage, finishReason } }) => span.set({ "gen_ai.usage.input_tokens": usage.inputTokens, "gen_ai.usage.output_tokens": usage.outputTokens, "gen_ai.response.finish_reasons": [finishReason] }),
          (thrown: unknown) => span.fail(GatewayError.from(thrown).code),
        )
        .finally(() => {
          // Who answers may be known only now.
          span.name = `invoke_agent ${run.identity.agentId}`;
          span.set({ "gen_ai.agent.id": run.identity.agentId, "gen_ai.response.model": run.model === "" ? null : run.model });
          span.end();
        });
      tracer.within(span, () => runs.start(run, plan));
    },
  };
}
