import { monitorEventLoopDelay } from "node:perf_hooks";
import { memoryUsage, resourceUsage } from "node:process";
import { getHeapStatistics } from "node:v8";
import { countedElsewhere, gauge } from "./gauge.ts";
import type { MetricGroup } from "./port.ts";

export interface ProcessMetrics {
  /** How late the event loop was in seconds, 99 times of a hundred at most, since the last look; null at the first one. */
  lag(): { p50: number; p99: number; max: number } | null;
  /** User and system time of all threads. */
  cpuSeconds(): number;
  readonly group: MetricGroup;
  close(): void;
}

const resolutionMs = 20;
const nsPerSecond = 1e9;

/** The process, under the names that dashboards for Node know. The event loop is watched once somebody has asked: watching wakes it 50 times a second. */
export function createProcessMetrics({ version }: { version: string }): ProcessMetrics {
  let delay: ReturnType<typeof monitorEventLoopDelay> | undefined;

  function lag(): { p50: number; p99: number; max: number } | null {
    if (!delay) {
      delay = monitorEventLoopDelay({ resolution: resolutionMs });
      delay.enable();
      return null;
    }
    if (delay.count === 0) return { p50: 0, p99: 0, max: 0 };
    // The wait that was asked for is part of what is measured.
    const late = (ns: number) => Math.max(0, ns / nsPerSecond - resolutionMs / 1000);
    const seen = { p50: late(delay.percentile(50)), p99: late(delay.percentile(99)), max: late(delay.max) };
    delay.reset();
    return seen;
  }

  const cpu = () => {
    const { userCPUTime, systemCPUTime } = resourceUsage();
    return { user: userCPUTime / 1e6, system: systemCPUTime / 1e6 };
  };
  const cpuSeconds = () => cpu().user + cpu().system;
  return {
    lag,
    cpuSeconds,
    group: [
      gauge("openclaw_build_info", "The gateway's version and Node's; always 1.", () => [{ labels: { version, node: process.version }, value: 1 }]),
      countedElsewhere("process_cpu_user_seconds_total", "User CPU time of all threads.", () => cpu().user),
      countedElsewhere("process_cpu_system_seconds_total", "System CPU time of all threads.", () => cpu().system),
      gauge("process_resident_memory_bytes", "Resident memory.", () => memoryUsage.rss()),
      gauge("process_start_time_seconds", "When the process was started, in seconds since 1970.", () => Math.round(performance.timeOrigin / 1000)),
      gauge("nodejs_heap_size_total_bytes", "Memory of V8's heap.", () => getHeapStatistics().total_heap_size),
      gauge("nodejs_heap_size_used_bytes", "What of V8's heap is used.", () => getHeapStatistics().used_heap_size),
      gauge("openclaw_event_loop_lag_seconds", "How late the event loop was since the metrics were last asked for.", () => {
        const seen = lag();
        return seen ? Object.entries(seen).map(([statistic, value]) => ({ labels: { statistic }, value })) : [];
      }),
    ],
    close: () => void delay?.disable(),
  };
}
