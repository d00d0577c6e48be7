import { useState } from "preact/hooks";
import { useAccount } from "../account.ts";
import { useEvents } from "../live/use-events.ts";
import { Notice } from "../parts/notice.tsx";
import { GatewayState } from "./gateway-state.tsx";
import { LiveBadge } from "./live-badge.tsx";
import { UsageView } from "./usage-view.tsx";
import { useFreshly } from "./use-freshly.ts";
import { useGatewayState } from "./use-gateway-state.ts";
import { useUsage } from "./use-usage.ts";
import "./overview.css";

/** What the gateway does and has done, as it happens. */
export function OverviewPage() {
  const { may } = useAccount();
  const [days, setDays] = useState(30);
  const [workspace, setWorkspace] = useState("");
  const usage = useUsage({ days, workspace });
  const parts = useGatewayState();
  const live = useEvents((event) => {
    usage.hear(event);
    parts.hear(event);
  });
  useFreshly(usage);
  useFreshly(parts);

  return (
    <section class="page overview">
      <div class="page-head">
        <h1>Overview</h1>
        {may("messages:read") && <LiveBadge state={live.state} />}
      </div>
      {live.error !== undefined && <Notice error={live.error} />}
      {may("metrics:read") && <GatewayState parts={parts} />}
      <UsageView usage={usage} days={days} onDays={setDays} workspace={workspace} onWorkspace={setWorkspace} />
    </section>
  );
}
