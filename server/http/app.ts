import Router from "@koa/router";
import Koa, { type Context as KoaContext, type Next } from "koa";
import type { Logger } from "pino";
import { routes, type Route } from "../../generated/server/routes.ts";
import { GatewayError } from "../errors.ts";
import { isLegalId, newId } from "../ids.ts";
import type { Principal } from "../keys/principal.ts";
import { logFailure } from "../log-failure.ts";
import type { Run } from "../runs/run.ts";
import type { SecretMask } from "../secrets.ts";
import type { TraceRequest } from "../tracing/trace-requests.ts";
import type { CallAudit } from "./audit.ts";
import { errorBody, faceOfPath } from "./error-faces.ts";
import { acceptSockets, type AcceptSocket } from "./accept-sockets.ts";
import { answerAndLinger } from "./linger.ts";
import { measureAnswers } from "./measure.ts";
import { mountRoutes, sendText, stopping, type MountOptions } from "./mount.ts";
import { refuseAddresses } from "./perimeter/addresses.ts";
import { answerCors } from "./perimeter/cors.ts";
import { refuseHosts } from "./perimeter/hosts.ts";
import type { Perimeter } from "./perimeter/perimeter.ts";
import { probes } from "./perimeter/probes.ts";
import { setSecurityHeaders } from "./perimeter/security-headers.ts";
import { isSocketPath } from "./upgrades.ts";

export interface AppOptions extends MountOptions {
  log: Logger;
  /** Absent while nothing is traced. */
  trace?: TraceRequest | undefined;
  audit: CallAudit;
  mask: SecretMask;
  sockets: AcceptSocket;
}

/**
 * The perimeter, in the order a request meets it: request id and address → trace → metrics → log → audit → security headers → CORS → errors →
 * allowed addresses → hosts → draining → API on or off → WebSocket → route (→ authenticate → limit → authorize → body → validate → handler →
 * audit of changes → encode, see mount.ts).
 */
export function createApp(options: AppOptions): Koa {
  const app = new Koa();
  // What comes too late for an answer: by itself Koa would print it, past the log. A caller who has gone is nothing new.
  app.on("error", (err: NodeJS.ErrnoException) => options.log[/^(ECONNRESET|EPIPE)$/.test(err.code ?? "") ? "debug" : "error"]({ err }, "an answer failed on its way out"));
  const router = new Router({ sensitive: true });
  mountRoutes(router, routes, options);

  app.use(identify(options.perimeter, options.mask));
  if (options.trace) app.use(options.trace);
  app.use(measureAnswers(options.meter));
  app.use(logAnswers(options.log));
  app.use(options.audit.watch);
  app.use(setSecurityHeaders);
  app.use(answerCors(options.perimeter));
  app.use(answerErrors(options));
  app.use(refuseAddresses(options.perimeter));
  app.use(refuseHosts(options.perimeter));
  app.use(refuseWhileDraining(options.isDraining));
  app.use(refuseApi(options.perimeter));
  app.use(acceptSockets(options.perimeter, options.sockets));
  app.use(router.routes());
  app.use(answerUnknownRoutes);
  return app;
}

/** Every answer carries an id; one that the client sent is taken over when it is legal and no secret. And every request comes from an address. */
function identify(perimeter: Perimeter, mask: SecretMask) {
  return async (koa: KoaContext, next: Next): Promise<void> => {
    const sent = koa.get("X-Request-Id");
    const requestId = sent !== "" && isLegalId(sent) && mask.hide(sent) === sent ? sent : newId("req");
    koa.state["requestId"] = requestId;
    koa.state["address"] = perimeter.rules.addressOf(koa.req);
    koa.set("X-Request-Id", requestId);
    await next();
  };
}

/** What is asked for all the time, by orchestrators and by each page many times: worth a line only when it fails. */
const frequent: ReadonlySet<string | undefined> = new Set<Route["operationId"]>(["getPageFile", "getLiveness", "getReadiness"]);

/** One line an answer, once it is out. Never the query: it may hold a token. */
function logAnswers(log: Logger) {
  return async (koa: KoaContext, next: Next): Promise<void> => {
    if (log.isLevelEnabled("info")) {
      const startedAt = performance.now();
      koa.res.once("close", () => {
        const route = koa.state["route"] as Route | undefined;
        log[frequent.has(route?.operationId) && koa.res.statusCode < 400 ? "debug" : "info"](
          {
            ...subjectOf(koa),
            address: koa.state["address"],
            method: koa.req.method,
            path: koa.path,
            status: koa.res.statusCode,
            complete: koa.res.writableFinished || koa.res.statusCode === 101,
            durationMs: Math.round(performance.now() - startedAt),
          },
          "request",
        );
      });
    }
    await next();
  };
}

/** What a line of the log is about, as far as it is known by then. */
function subjectOf({ state, res, params }: KoaContext) {
  const { requestId, route, principal, run } = state as { requestId: string; route?: Route; principal?: Principal; run?: Run };
  return {
    requestId,
    operation: route?.operationId,
    keyId: principal?.keyId,
    sessionId: run?.identity.sessionId ?? (params as Record<string, string> | undefined)?.["sessionId"],
    // An answer that is given again has no run of its own.
    runId: run?.id ?? res.getHeader("X-Run-Id"),
  };
}

function answerErrors({ log, mask, meter, checkAnswer }: AppOptions) {
  return async (koa: KoaContext, next: Next): Promise<void> => {
    try {
      await next();
    } catch (thrown) {
      const error = GatewayError.from(thrown);
      const requestId = koa.state["requestId"] as string;
      if (error.code === "rate_limited") meter.refused(error.details);
      if (error.status >= 500) logFailure(log, error, subjectOf(koa));
      // What it says is for the caller: it may quote what he has sent.
      else if (log.isLevelEnabled("debug")) log.debug({ ...subjectOf(koa), code: error.code, err: error.cause }, "the request was refused");
      if (koa.res.headersSent) {
        // A stream that breaks in a way it has no event for: the client must see that it was cut, not that it ended.
        koa.res.destroy();
        return;
      }
      const route = koa.state["route"] as Route | undefined;
      const face = route?.face ?? faceOfPath(koa.path);
      const body = errorBody(face, error, requestId, koa.path);
      if (route && checkAnswer && error.code !== "internal_error") checkAnswer(route.operationId, error.status, "application/json", body);
      if (error.status === 401) koa.set("WWW-Authenticate", challenge(error));
      if (error.retryAfterSeconds !== undefined) koa.set("Retry-After", String(error.retryAfterSeconds));
      const text = mask.hide(JSON.stringify(body));
      if (error.code === "payload_too_large") answerAndLinger(koa, error.status, text);
      else sendText(koa, error.status, "application/json", text);
    }
  };
}

/** RFC 6750, section 3: an error is named only to who has sent a token. */
function challenge({ details, message }: GatewayError): string {
  return "reason" in details ? `Bearer realm="openclaw", error="invalid_token", error_description="${message}"` : 'Bearer realm="openclaw"';
}

function refuseWhileDraining(isDraining: () => boolean) {
  return async (koa: KoaContext, next: Next): Promise<void> => {
    if (isDraining()) {
      koa.set("Connection", "close");
      if (!probes.has(koa.path)) throw stopping();
    }
    await next();
  };
}

function refuseApi(perimeter: Perimeter) {
  return (koa: KoaContext, next: Next): Promise<unknown> => {
    if (!perimeter.rules.apiEnabled && (koa.path.startsWith("/api/") || isSocketPath(koa.path))) throw new GatewayError("not_found", "The API is switched off in this gateway's settings.");
    return next();
  };
}

/** Where another method is served, 405 with `Allow`, and 204 to OPTIONS (RFC 9110, 9.3.7); else 404. */
async function answerUnknownRoutes(koa: KoaContext, next: Next): Promise<void> {
  await next();
  if (koa.state["route"]) return;
  const allowed = methodsOf(koa.path);
  if (allowed.length === 0) throw new GatewayError("not_found", `There is no operation at ${koa.path}. The contract is at /openapi.json.`);
  koa.set("Allow", allowed.join(", "));
  if (koa.method === "OPTIONS") return sendText(koa, 204, "", null);
  throw new GatewayError("method_not_allowed", `${koa.path} takes ${allowed.join(" and ")}, not ${koa.method}.`, { details: { allow: allowed } });
}

const patterns = routes.map(({ method, path }) => ({ method, pattern: new RegExp(`^${path.replaceAll(".", "\\.").replaceAll(/:\w+/g, "[^/]+")}/?$`) }));

function methodsOf(path: string): string[] {
  return [...new Set(patterns.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method))].sort();
}
