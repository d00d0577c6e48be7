import type { IncomingHttpHeaders } from "node:http";
import type Router from "@koa/router";
import type { Context as KoaContext } from "koa";
import type { Handlers } from "../../generated/server/handlers.ts";
import type { Route } from "../../generated/server/routes.ts";
import { GatewayError } from "../errors.ts";
import { mayDo, type Principal } from "../keys/principal.ts";
import type { CallAudit } from "./audit.ts";
import type { AnswerOnce } from "./idempotency.ts";
import type { Meter } from "./measure.ts";
import type { Perimeter } from "./perimeter/perimeter.ts";
import { parseJsonBody, readBody } from "./read-body.ts";
import { createRequestContext, nobody, type RequestContext } from "./request-context.ts";
import { streamHeaders, writeEvents } from "./sse.ts";
import { validate } from "./validate.ts";

/** What the mount needs of the world. */
export interface MountOptions {
  handlers: Handlers<RequestContext>;
  /** Finds the key of a request, or throws `unauthorized`. */
  authenticate: (koa: KoaContext) => Principal | Promise<Principal>;
  /** Counts the request of a key, and says in the answer's head how the key stands. Throws `rate_limited`. */
  limit: (koa: KoaContext, principal: Principal, route: Route) => Promise<void>;
  /** What open operations want to see in a request's head before they read its body, by operation. Throw GatewayError. */
  doors?: Partial<Record<string, (headers: IncomingHttpHeaders) => void>>;
  perimeter: Perimeter;
  /** Answers what came with an `Idempotency-Key`. */
  answerOnce: AnswerOnce;
  /** Notes a change before its answer goes out. */
  audit: Pick<CallAudit, "changed">;
  /** True from the signal to stop: whatever is asked then is answered 503, save whether it is alive and ready. */
  isDraining: () => boolean;
  meter: Meter;
  /** Checks an answer against the contract; tests give one, production none. */
  checkAnswer?: CheckAnswer | undefined;
}

export type CheckAnswer = (operationId: string, status: number, mediaType: string, value: unknown) => void;

/** What a handler may answer, with the types of the single operations forgotten. */
export interface AnyAnswer {
  status: number;
  headers?: Record<string, string | number>;
  body?: unknown;
  text?: string;
  contentType?: string;
  /** Of the format that the media type names. */
  formatVersion?: string;
  events?: AsyncIterable<readonly { id: string; data: unknown }[]>;
}

export type AnyHandler = (request: unknown, context: RequestContext) => Promise<AnyAnswer>;

/** Mounts the contract's route table: each route authenticates, limits, authorizes, reads, validates, calls its handler, and encodes. */
export function mountRoutes(router: Router, routes: readonly Route[], options: MountOptions): void {
  for (const route of routes) {
    const handler = options.handlers[route.operationId] as unknown as AnyHandler;
    const answer = async (koa: KoaContext) => serve(koa, route, handler, options);
    router.register(route.path, [route.method], route.deprecation ? announce(route.deprecation, answer) : answer);
  }
}

/** Says in each answer, errors too, that the operation goes away. */
function announce(deprecation: Readonly<Record<string, string>>, answer: (koa: KoaContext) => Promise<void>) {
  return (koa: KoaContext): Promise<void> => {
    koa.set(deprecation);
    return answer(koa);
  };
}

async function serve(koa: KoaContext, route: Route, handler: AnyHandler, options: MountOptions): Promise<void> {
  koa.state["route"] = route;
  const principal = route.permission === "none" ? nobody : await options.authenticate(koa);
  koa.state["principal"] = principal;
  if (principal !== nobody) await options.limit(koa, principal, route);
  else options.doors?.[route.operationId]?.(koa.headers);
  authorize(principal, route);
  const context = createRequestContext(koa, principal);

  const parameters = { path: koa["params"] as object, query: koa.querystring === "" ? {} : { ...koa.query }, headers: koa.headers };
  if (route.parameters) validate([route.parameters], parameters);
  let body: unknown;
  if (route.bodies) {
    const bytes = await readBody(koa.req, options.perimeter.rules.maxBodyBytes, route.bodyTypes);
    if (route.keepsRawBody) context.rawBody = bytes;
    if (route.needsBody || bytes.length > 0) body = parseJsonBody(bytes);
    // A body takes its time to arrive: the gateway may have begun to stop.
    if (options.isDraining()) throw stopping();
    if (body !== undefined) validate(route.bodies, body);
  }

  const request = { ...parameters, body };
  const answer = comesAgain(koa, route) ? await options.answerOnce(koa, route, handler, request, context) : await handler(request, context);
  if (koa.state["isReplayed"] !== true) await options.audit.changed(koa, route, answer);
  await encode(koa, route, answer, options);
}

/** Whether the request may come again, and is to be carried out once. Who takes up a stream asks for nothing new; what strangers say is not kept. */
function comesAgain({ req: { headers } }: KoaContext, { method, permission, resumes }: Route): boolean {
  return headers["idempotency-key"] !== undefined && method === "POST" && permission !== "none" && !(resumes && headers["last-event-id"]);
}

/** What is asked of a gateway that stops. */
export function stopping(): GatewayError {
  return new GatewayError("service_unavailable", "The gateway is stopping. Please come back in a moment.", { retryAfterSeconds: 5 });
}

function authorize(principal: Principal, { permission }: Route): void {
  if (permission === "none" || permission === "any" || mayDo(principal, permission)) return;
  throw new GatewayError("forbidden", `This key lacks the permission \`${permission}\`.`, { details: { permission } });
}

async function encode(koa: KoaContext, route: Route, answer: AnyAnswer, { checkAnswer: check, meter }: MountOptions): Promise<void> {
  const { res } = koa;
  if (answer.headers) for (const name in answer.headers) res.setHeader(name, answer.headers[name]!);
  if (answer.events) {
    koa.respond = false;
    // Whoever has left by now has been counted, and closes nothing any more.
    if (!res.destroyed) {
      koa.state["isStream"] = true;
      meter.streamOpened();
    }
    res.writeHead(answer.status, streamHeaders);
    return writeEvents(res, answer.events, check && ((data) => check(route.operationId, answer.status, "text/event-stream", data)));
  }
  const text = answer.text ?? (answer.body === undefined ? null : JSON.stringify(answer.body));
  const mediaType = answer.text === undefined ? "application/json" : (answer.contentType ?? "text/plain");
  if (text !== null) check?.(route.operationId, answer.status, mediaType, answer.text ?? answer.body);
  sendText(koa, answer.status, answer.formatVersion === undefined ? mediaType : `${mediaType}; version=${answer.formatVersion}`, text);
}

/** Writes an answer that is all there. By hand: what Koa would still find out about it is known here. */
export function sendText(koa: KoaContext, status: number, mediaType: string, text: string | null): void {
  const { res } = koa;
  koa.respond = false;
  res.statusCode = status;
  if (text === null) {
    res.end();
    return;
  }
  res.setHeader("Content-Type", `${mediaType}; charset=utf-8`);
  res.setHeader("Content-Length", Buffer.byteLength(text));
  if (koa.req.method === "HEAD") res.end();
  else res.end(text);
}
