import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { median } from "./statistics.ts";

/**
 * User and system time of a process, all threads, in µs. `/proc/PID/stat` counts in ticks of 10 ms, also those of
 * threads that have ended; the scheduler's own sums for each thread are in nanoseconds, but a thread that ends takes
 * its sum along. So the fine sum is used while it agrees with the coarse one, and else the coarse one.
 */
export function cpuMicros(pid: number): number {
  const coarse = ticks(pid) * microsPerTick;
  const fine = scheduledMicros(pid);
  return fine !== undefined && Math.abs(fine - coarse) <= 4 * microsPerTick ? fine : coarse;
}

export function rssKilobytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1]);
}

/** The median of samples over a second, for a process at rest. */
export async function settledRssKilobytes(pid: number): Promise<number> {
  const samples: number[] = [];
  for (let index = 0; index < 11; index++) {
    samples.push(rssKilobytes(pid));
    await sleep(100);
  }
  return median(samples);
}

/** USER_HZ, which Linux fixes at 100 for every program. */
const microsPerTick = 10_000;

function ticks(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  // The name in parentheses may hold anything; utime and stime are the 14th and 15th field, the 12th and 13th after it.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(fields[11]) + Number(fields[12]);
}

function scheduledMicros(pid: number): number | undefined {
  try {
    let nanos = 0;
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      nanos += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "latin1").split(" ")[0]);
    }
    return nanos / 1000;
  } catch {
    // No scheduler statistics in this kernel, or a thread that ended while we looked.
    return undefined;
  }
}
