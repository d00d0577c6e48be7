import type { LiveState } from "../live/follow-events.ts";

const words: Readonly<Record<LiveState, { text: string; tone: string }>> = {
  connecting: { text: "Connecting…", tone: "" },
  live: { text: "Live", tone: "good" },
  away: { text: "Reconnecting…", tone: "bad" },
};

/** Whether the figures change by themselves. */
export function LiveBadge({ state }: { state: LiveState }) {
  const { text, tone } = words[state];
  return (
    <p class={`badge ${tone}`} role="status">
      {text}
    </p>
  );
}
