/** Time of their own, in µs, of functions and of the parts of the program, between two moments of a `.cpuprofile`. */
export interface SelfTimes {
  busy: number;
  idle: number;
  functions: Map<string, number>;
  parts: Map<string, number>;
}

/** `from` and `to` are µs of the monotonic clock. */
export function readProfile(json: string, from: number, to: number): SelfTimes {
  const profile = JSON.parse(json) as CpuProfile;
  const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]));
  const times: SelfTimes = { busy: 0, idle: 0, functions: new Map(), parts: new Map() };
  let at = profile.startTime;
  for (const [index, delta] of profile.timeDeltas.entries()) {
    at += delta;
    const frame = frames.get(profile.samples[index] ?? 0);
    if (at < from || at > to || frame === undefined) continue;
    if (frame.functionName === "(idle)") {
      times.idle += delta;
      continue;
    }
    times.busy += delta;
    add(times.functions, describe(frame), delta);
    add(times.parts, partOf(frame), delta);
  }
  return times;
}

export function renderProfile({ busy, idle, functions, parts }: SelfTimes, top: number): string {
  const lines = [`busy ${(busy / 1000).toFixed(0)} ms, idle ${(idle / 1000).toFixed(0)} ms`];
  for (const [title, times, count] of [["parts", parts, 25], ["functions", functions, top]] as const) {
    lines.push("", `self time by ${title}`);
    const sorted = [...times].toSorted(([, a], [, b]) => b - a).slice(0, count);
    for (const [name, micros] of sorted) {
      lines.push(`${((micros * 100) / busy).toFixed(1).padStart(6)} %  ${(micros / 1000).toFixed(1).padStart(8)} ms  ${name}`);
    }
  }
  return lines.join("\n");
}

interface CallFrame {
  functionName: string;
  url: string;
  lineNumber: number;
}

interface CpuProfile {
  nodes: { id: number; callFrame: CallFrame }[];
  startTime: number;
  samples: number[];
  timeDeltas: number[];
}

function describe({ functionName, url, lineNumber }: CallFrame): string {
  const name = functionName === "" ? "(anonymous)" : functionName;
  return url === "" ? name : `${name}  ${shortened(url)}:${lineNumber + 1}`;
}

/** A package, a folder of ours, Node itself, or what V8 does on its own account. */
function partOf({ functionName, url }: CallFrame): string {
  if (url === "") return functionName.startsWith("(") ? functionName : "(native)";
  if (url.startsWith("node:")) return url.split("/").slice(0, 2).join("/");
  const path = shortened(url);
  return /^node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? path.split("/").slice(0, 2).join("/");
}

/** Below the checkout, or below the innermost `node_modules`. */
function shortened(url: string): string {
  const path = url.replace(/^file:\/\//, "");
  const packages = path.lastIndexOf("/node_modules/");
  if (packages !== -1) return path.slice(packages + 1);
  return path.replace(/^.*?\/(?=(?:server|generated|contract-tests)\/)/, "");
}

function add(times: Map<string, number>, name: string, micros: number): void {
  times.set(name, (times.get(name) ?? 0) + micros);
}
