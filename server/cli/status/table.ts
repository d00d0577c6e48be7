import type { Schemas } from "@openclaw/sdk";

type Status = Schemas["GatewayStatus"];

/** The status for people: a row for each part, what is wrong marked as `openclaw doctor` marks it. */
export function statusTable(status: Status, url: string): string {
  const { gateway, version, uptime, channels, providers, database, redis, sessions, queue, memory } = status;
  const rows: Row[] = [
    ["gateway", `${gateway}, ${status.status}`, status.status === "ok", `version ${version}, up ${duration(uptime)}, ${url}`],
    ["database", database, database === "connected"],
    ["redis", redis, redis !== "disconnected"],
    ...Object.entries(channels).map(([name, state]): Row => [`channel ${name}`, state, state === "connected" || (state === "connecting" && status.status === "ok")]),
    ...Object.entries(providers).map(([name, provider]): Row => [`provider ${name}`, provider.status, provider.status !== "failing", history(provider)]),
    ["turns", `${queue.running} under way, ${queue.waiting} waiting`, true],
    ["webhooks", `${queue.deliveries} to be delivered`, true],
    ["sessions", String(sessions), true],
    ["memory", `${memory.used} of ${memory.total} MB`, true],
  ];
  const width = (column: 0 | 1) => Math.max(...rows.map((row) => row[column].length));
  const [names, states] = [width(0), width(1)];
  return rows.map(([name, state, isWell, more = ""]) => `${isWell ? "✓" : "✗"} ${name.padEnd(names)}  ${state.padEnd(states)}  ${more}`.trimEnd()).join("\n") + "\n";
}

type Row = [name: string, state: string, isWell: boolean, more?: string];

function history({ lastSuccessAt, lastErrorAt, lastError }: Status["providers"][string]): string {
  return [lastSuccessAt && `last answer ${lastSuccessAt}`, lastErrorAt && `last error ${lastErrorAt} (${lastError})`].filter(Boolean).join(", ");
}

/** The two largest units are enough. */
function duration(seconds: number): string {
  const parts = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor(seconds / 3600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "min"],
    [seconds % 60, "s"],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  return first === -1 ? "0 s" : parts.slice(first, first + 2).map(([count, unit]) => `${count} ${unit}`).join(" ");
}
