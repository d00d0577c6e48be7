import type { Context as KoaContext, Next } from "koa";
import type { Route } from "../../generated/server/routes.ts";
import type { Principal } from "../keys/principal.ts";
import type { HttpMetrics } from "../metrics/http-metrics.ts";
import { nobody } from "./request-context.ts";

/** Who counts what goes in and out. */
export type Meter = Pick<HttpMetrics, "answered" | "streamOpened" | "refused">;

/** What nginx calls a request whose client left before the answer. */
const clientLeft = 499;

/** Counts each answer once it is out, or its connection gone. */
export function measureAnswers(meter: Meter): (koa: KoaContext, next: Next) => Promise<void> {
  return (koa, next) => {
    const startedAt = performance.now();
    koa.res.on("close", () => {
      const { route, principal, isStream } = koa.state as { route?: Route; principal?: Principal; isStream?: true };
      meter.answered({
        operation: route?.operationId ?? "",
        method: koa.req.method ?? "",
        status: koa.res.headersSent ? koa.res.statusCode : clientLeft,
        key: principal === undefined || principal === nobody ? "" : principal.label || principal.keyId,
        isStream: isStream === true,
        durationMs: performance.now() - startedAt,
      });
    });
    return next();
  };
}
