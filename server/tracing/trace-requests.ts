import type { Context as KoaContext, Next } from "koa";
import type { Route } from "../../generated/server/routes.ts";
import { readTraceparent } from "./trace-context.ts";
import { spanKind, type Tracer } from "./tracer.ts";

/** Middleware. */
export type TraceRequest = (koa: KoaContext, next: Next) => Promise<void>;

/** Each request is a span: of the caller's trace where it names one (W3C Trace Context). It ends with the answer, that of a stream with the stream. */
export function traceRequests(tracer: Tracer): TraceRequest {
  return (koa, next) => {
    const method = koa.req.method ?? "";
    const header = koa.req.headers["traceparent"];
    const span = tracer.start(
      method,
      spanKind.server,
      { "http.request.method": method, "url.scheme": "http", "url.path": koa.path, "openclaw.request.id": koa.state["requestId"] as string },
      readTraceparent(typeof header === "string" ? header : undefined),
    );
    koa.res.on("close", () => {
      const route = koa.state["route"] as Route | undefined;
      const { statusCode, headersSent } = koa.res;
      if (route) span.name = `${method} ${route.path}`;
      span.set({ "http.route": route?.path, "http.response.status_code": headersSent ? statusCode : null, "openclaw.operation": route?.operationId });
      if (!headersSent) span.fail("client_left");
      else if (statusCode >= 500) span.fail(String(statusCode));
      span.end();
    });
    return tracer.within(span, next);
  };
}
