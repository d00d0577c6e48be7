import { gauge } from "./gauge.ts";
import type { MetricGroup } from "./port.ts";

/** Whether the channels that are switched on have their platform. `states` tells of each by its name. */
export function channelStates(states: () => Record<string, string>): MetricGroup {
  return [
    gauge("openclaw_channel_connected", "1 for a channel that is connected with its platform, 0 for one that should be and is not.", () =>
      Object.entries(states()).map(([channel, state]) => ({ labels: { channel }, value: state === "connected" ? 1 : 0 })),
    ),
  ];
}
