import Router from "@koa/router";
import Koa, { type Context as KoaContext, type Next } from "koa";
import type { Logger } from "pino";
import { routes, type Route } from "../../generated/server/routes.ts";
import { GatewayError } from "../errors.ts";
import { isLegalId, newId } from "../ids.ts";
import type { SecretMask } from "../secrets.ts";
import type { CallAudit } from "./audit.ts";
import { createClientAddress, type ClientAddress } from "./client-address.ts";
import { errorBody, faceOfPath } from "./error-faces.ts";
import { mountRoutes, sendText, stopping, type MountOptions } from "./mount.ts";

export interface AppOptions extends MountOptions {
  log: Logger;
  audit: CallAudit;
  mask: SecretMask;
  /** False leaves the health checks and the contract's own pages. */
  isApiEnabled: boolean;
  /** Addresses or networks of proxies whose `X-Forwarded-For` is believed. */
  trustedProxies: readonly string[];
}

/**
 * The perimeter, in the order a request meets it: request id → log → audit → errors → draining → API on or off → route
 * (→ authenticate → authorize → body → validate → handler → encode, see mount.ts).
 */
export function createApp(options: AppOptions): Koa {
  const app = new Koa();
  const router = new Router({ sensitive: true });
  mountRoutes(router, routes, options);

  // What comes too late for an answer: by itself Koa would print it, past the log. A caller who has gone is nothing new.
  app.on("error", (err: NodeJS.ErrnoException) => options.log[/^(ECONNRESET|EPIPE)$/.test(err.code ?? "") ? "debug" : "error"]({ err }, "an answer failed on its way out"));
  app.use(identify(createClientAddress(options.trustedProxies), options.mask));
  app.use(logAnswers(options.log));
  app.use(options.audit.watch);
  app.use(answerErrors(options.log, options.mask, options.checkAnswer));
  app.use(refuseWhileDraining(options.isDraining));
  if (!options.isApiEnabled) app.use(refuseApi);
  app.use(router.routes());
  app.use(answerUnknownRoutes);
  return app;
}

/** Every answer carries an id; one that the client sent is taken over when it is legal and no secret. And every request comes from an address. */
function identify(addressOf: ClientAddress, mask: SecretMask) {
  return async (koa: KoaContext, next: Next): Promise<void> => {
    const sent = koa.get("X-Request-Id");
    const requestId = sent !== "" && isLegalId(sent) && mask.hide(sent) === sent ? sent : newId("req");
    koa.state["requestId"] = requestId;
    koa.state["address"] = addressOf(koa.req);
    koa.set("X-Request-Id", requestId);
    await next();
  };
}

/** One line an answer, once it is out. Never the query: it may hold a token. */
function logAnswers(log: Logger) {
  return async (koa: KoaContext, next: Next): Promise<void> => {
    if (log.isLevelEnabled("info")) {
      const startedAt = performance.now();
      koa.res.once("close", () => {
        const route = koa.state["route"] as Route | undefined;
        log.info(
          {
            requestId: koa.state["requestId"],
            operation: route?.operationId,
            keyId: koa.state["principal"]?.keyId,
            method: koa.req.method,
            path: koa.path,
            status: koa.res.statusCode,
            complete: koa.res.writableFinished,
            durationMs: Math.round(performance.now() - startedAt),
          },
          "request",
        );
      });
    }
    await next();
  };
}

function answerErrors(log: Logger, mask: SecretMask, checkAnswer: AppOptions["checkAnswer"]) {
  return async (koa: KoaContext, next: Next): Promise<void> => {
    try {
      await next();
    } catch (thrown) {
      const error = GatewayError.from(thrown);
      const requestId = koa.state["requestId"] as string;
      if (error.status >= 500) log.error({ requestId, code: error.code, err: error.cause ?? error }, error.message);
      else log.debug({ requestId, code: error.code, err: error.cause }, error.message);
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
      if (error.code === "payload_too_large") koa.set("Connection", "close");
      sendText(koa, error.status, "application/json", mask.hide(JSON.stringify(body)));
    }
  };
}

/** RFC 6750, section 3: an error is named only to who has sent a token. */
function challenge({ details, message }: GatewayError): string {
  return "reason" in details ? `Bearer realm="openclaw", error="invalid_token", error_description="${message}"` : 'Bearer realm="openclaw"';
}

const answeredWhileDraining = new Set(["/livez", "/readyz", "/health"]);

function refuseWhileDraining(isDraining: () => boolean) {
  return async (koa: KoaContext, next: Next): Promise<void> => {
    if (isDraining()) {
      koa.set("Connection", "close");
      if (!answeredWhileDraining.has(koa.path)) throw stopping();
    }
    await next();
  };
}

async function refuseApi(koa: KoaContext, next: Next): Promise<void> {
  if (koa.path.startsWith("/api/")) throw new GatewayError("not_found", "The API is switched off in this gateway's settings.");
  await next();
}

/** 405 with `Allow` where another method is served, else 404. */
async function answerUnknownRoutes(koa: KoaContext, next: Next): Promise<void> {
  await next();
  if (koa.state["route"]) return;
  const allowed = methodsOf(koa.path);
  if (allowed.length === 0) throw new GatewayError("not_found", `There is no operation at ${koa.path}. The contract is at /openapi.json.`);
  koa.set("Allow", allowed.join(", "));
  throw new GatewayError("method_not_allowed", `${koa.path} takes ${allowed.join(" and ")}, not ${koa.method}.`, { details: { allow: allowed } });
}

const patterns = routes.map(({ method, path }) => ({ method, pattern: new RegExp(`^${path.replaceAll(".", "\\.").replaceAll(/:\w+/g, "[^/]+")}/?$`) }));

function methodsOf(path: string): string[] {
  return [...new Set(patterns.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method))].sort();
}
