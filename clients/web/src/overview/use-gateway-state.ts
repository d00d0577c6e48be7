import { useEffect, useRef, useState } from "preact/hooks";
import type { Schemas } from "../../../typescript/sdk/src/index.ts";
import { useAccount } from "../account.ts";
import { dataOf } from "../gateway.ts";
import type { GatewayEvent } from "../live/events.ts";
import { useLoaded } from "../parts/use-loaded.ts";
import type { Refreshable } from "./use-freshly.ts";

/** A channel of the settings. What it has to say of itself takes a key with `channels:read`. */
export type ChannelState = { name: string; status: string; error: string | null };

export interface Parts extends Refreshable {
  status: Schemas["GatewayStatus"] | undefined;
  channels: readonly ChannelState[];
  /** The whole gateway's: nothing for a key that is bound to workspaces. */
  metrics: Schemas["Metrics"] | undefined;
  error: unknown;
  hear: (event: GatewayEvent) => void;
}

/** How the parts of the gateway fare, and what it does now. What an event tells is changed at once. */
export function useGatewayState(): Parts {
  const { gateway, key, may } = useAccount();
  const isStale = useRef(false);
  const loaded = useLoaded(async () => {
    isStale.current = false;
    if (!may("metrics:read")) return undefined;
    const { api, via } = gateway;
    const headers = { Accept: "application/json" };
    const [status, metrics, list] = await Promise.all([
      dataOf(api.GET("/api/v1/status", via)),
      key.workspaces.includes("*") ? dataOf(api.GET("/api/v1/metrics", { headers, ...via })) : undefined,
      may("channels:read") ? dataOf(api.GET("/api/v1/channels", via)) : undefined,
    ]);
    const channels: ChannelState[] = list?.channels ?? Object.entries(status.channels).map(([name, state]) => ({ name, status: state, error: null }));
    return { status, metrics, channels };
  }, [gateway]);
  const answered = loaded.data?.channels;
  const [channels, setChannels] = useState<readonly ChannelState[]>([]);
  useEffect(() => setChannels(answered ?? []), [answered]);

  return {
    status: loaded.data?.status,
    channels,
    metrics: loaded.data?.metrics,
    error: loaded.error,
    reload: loaded.reload,
    isStale: () => isStale.current,
    hear(event) {
      isStale.current = true;
      if (event.event !== "channel.connected" && event.event !== "channel.disconnected") return;
      const { channel } = event.data;
      const change = event.event === "channel.connected" ? { status: "connected", error: null } : { status: "disconnected", error: event.data.reason };
      setChannels((before) => before.map((one) => (one.name === channel ? { ...one, ...change } : one)));
    },
  };
}
