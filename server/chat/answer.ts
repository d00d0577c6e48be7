import type { RequestContext } from "../http/request-context.ts";
import type { Run, RunResult } from "../runs/run.ts";
import { streamRun, streamStart } from "./stream.ts";
import type { Face } from "./faces/face.ts";

/** Waits for a run's outcome. Who goes away before it lets go of the run. */
export async function waitForResult(run: Run, context: Pick<RequestContext, "signal" | "run">): Promise<RunResult> {
  context.run = run;
  const { signal } = context;
  const release = run.attach();
  signal.addEventListener("abort", release, { once: true });
  try {
    return await run.ended;
  } finally {
    release();
    // A socket lives longer than its turns.
    signal.removeEventListener("abort", release);
  }
}

/** The answer that streams a run from its start. What goes wrong before the first event is thrown: an ordinary error. */
export async function streamAnswer<Wire>(run: Run, face: Face<Wire>, context: RequestContext) {
  context.run = run;
  const release = run.attach();
  context.signal.addEventListener("abort", release, { once: true });
  try {
    await run.begun;
    return { status: 200, headers: { "X-Run-Id": run.id }, events: streamRun(run, face, streamStart, context.signal) } as const;
  } finally {
    // The stream holds on to the run by itself; until it is first read the run has its time of grace.
    release();
  }
}
