import type { RunCounts, RunObserver } from "../runs/service.ts";
import { boundedLabel } from "./bounded-label.ts";
import { Counter } from "./counter.ts";
import { gauge } from "./gauge.ts";
import { Histogram } from "./histogram.ts";
import type { MetricGroup } from "./port.ts";

export interface TurnMetrics extends RunObserver {
  readonly turns: Counter<"outcome" | "model">;
  readonly durations: Histogram<"outcome">;
  readonly firstTokens: Histogram;
  readonly tokens: Counter<"direction" | "model">;
  /** In US dollars. */
  readonly cost: Counter<"model">;
  readonly group: MetricGroup;
}

/** Turns, whoever asked for them. */
export function createTurnMetrics(): TurnMetrics {
  const turns = new Counter("openclaw_turns_total", "Turns that have ended, by outcome and model.", ["outcome", "model"]);
  const durations = new Histogram("openclaw_turn_duration_seconds", "From the request to the end of its turn, by outcome.", ["outcome"]);
  const firstTokens = new Histogram("openclaw_turn_first_token_seconds", "From the request to the first words, of turns that are streamed.");
  const tokens = new Counter("openclaw_tokens_total", "Tokens of turns that have ended, by direction and model.", ["direction", "model"]);
  const cost = new Counter("openclaw_cost_usd_total", "What turns that have ended have cost in US dollars, by model. A model without a price costs nothing.", ["model"]);
  const modelLabel = boundedLabel();
  return {
    saidFirst: (durationMs) => firstTokens.observe(durationMs / 1000),
    ended(outcome, model, durationMs, usage, costNanoUsd) {
      const label = model === "" ? "none" : modelLabel(model);
      turns.add(1, outcome, label);
      durations.observe(durationMs / 1000, outcome);
      if (usage === null) return;
      tokens.add(usage.inputTokens, "input", label);
      tokens.add(usage.outputTokens, "output", label);
      cost.add(costNanoUsd / 1e9, label);
    },
    turns,
    durations,
    firstTokens,
    tokens,
    cost,
    group: [turns, durations, firstTokens, tokens, cost],
  };
}

/** How many turns there are right now. */
export function turnsUnderWay(counts: () => RunCounts): MetricGroup {
  return [
    gauge("openclaw_turns_under_way", "Turns under way, and those that wait behind another of their session.", () => {
      const { running, waiting } = counts();
      return [
        { labels: { state: "running" }, value: running },
        { labels: { state: "waiting" }, value: waiting },
      ];
    }),
  ];
}
