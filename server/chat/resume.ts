import { GatewayError } from "../errors.ts";
import type { RequestContext } from "../http/request-context.ts";
import type { Runs } from "../runs/service.ts";
import type { RunFace } from "../runs/run.ts";
import type { Face } from "./faces/face.ts";
import { isAtEnd, parseEventId, streamRun, streamStart } from "./stream.ts";

/**
 * Takes up the stream that a client names by `Last-Event-ID`, behind that event; 204 when there is nothing behind it, which
 * is what makes an `EventSource` stop. Throws `bad_request` on another face's run.
 */
export async function resumeStream<Wire>(lastEventId: string, runs: Runs, faceOf: (face: RunFace) => Face<Wire> | undefined, context: RequestContext, pathRunId?: string) {
  const { runId = null, position } = lastEventId === "" ? { position: streamStart } : parseEventId(lastEventId);
  if (pathRunId !== undefined && runId !== null && runId !== pathRunId) {
    throw new GatewayError("bad_request", `The event \`${lastEventId}\` is not one of the run \`${pathRunId}\`.`);
  }
  const id = pathRunId ?? runId;
  if (id === null) throw new GatewayError("bad_request", "`Last-Event-ID` must name the run: ids look like `run_…:12`.");
  const run = await runs.open(id, context.principal, position.index === 0 && position.part === 0);
  context.run = run;
  const face = faceOf(run.identity.face);
  if (!face) throw new GatewayError("bad_request", `The run \`${id}\` began in another face: take it up at /api/v1/runs/${id}/events.`);
  if (isAtEnd(run, position)) return { status: 204 } as const;
  return { status: 200, headers: { "X-Run-Id": run.id }, events: streamRun(run, face, position, context.signal) } as const;
}
