import { createHash } from "node:crypto";
import type { Context as KoaContext } from "koa";
import type { Route } from "../../generated/server/routes.ts";
import { type ErrorCode, GatewayError } from "../errors.ts";
import type { Idempotency } from "../idempotency/service.ts";
import type { AnyAnswer, AnyHandler } from "./mount.ts";
import type { RequestContext } from "./request-context.ts";

/** A request as its handler gets it. */
interface HandlerRequest {
  path: object;
  query: object;
  headers: KoaContext["headers"];
  body: unknown;
}

/** Answers a request that came with an `Idempotency-Key`: by its handler the first time, then with what that answered. */
export type AnswerOnce = (koa: KoaContext, route: Route, handler: AnyHandler, request: HandlerRequest, context: RequestContext) => Promise<AnyAnswer>;

/** Answers kept are no longer than this, in characters. */
const longestAnswer = 1_000_000;

const ofKey = (id: string) => `made the key \`${id}\`. Its secret was shown once and is not kept: if you have not got it, rotate that key.`;

/** Their answers hold a secret, which is shown in no other: what they did, and what to do without that answer. */
const shownOnce: { [Operation in Route["operationId"]]?: (id: string) => string } = {
  createKey: ofKey,
  rotateKey: ofKey,
  createWebhook: (id) => `made the webhook \`${id}\`. Its secret was shown once: if you have not got it, rotate it.`,
  rotateWebhookSecret: (id) => `gave the webhook \`${id}\` a new secret, which was shown once: if you have not got it, rotate it again.`,
};

/** What they have sent is out in the world, where nothing takes it back, and no run tells of it. */
const sendsOnce: ReadonlySet<Route["operationId"]> = new Set(["sendToChannel", "sendPlainMessage"]);

export function createAnswerOnce(idempotency: Idempotency): AnswerOnce {
  return async (koa, route, handler, request, context) => {
    const { principal } = context;
    const idempotencyKey = request.headers["idempotency-key"] as string;
    const isSentOnce = sendsOnce.has(route.operationId);
    const claim = await idempotency.claim({ principal, idempotencyKey, fingerprint: fingerprintOf(route, request, context), ifCutOff: isSentOnce ? notKnown : null });
    if (claim.state !== "new") {
      koa.state["isReplayed"] = true;
      koa.set("Idempotency-Replayed", "true");
    }
    if (claim.state === "answered") return revive(claim.answer);
    context.reservedRun = claim.run;
    if (claim.state === "run") return handler(request, context);

    const { outcome } = claim;
    // A turn goes on by its run; anything else has to be told that its client will come back.
    if (!route.streams) context.outlivesConnection = true;
    try {
      const answer = await handler(request, context);
      await outcome.answered(answer.events ? null : preserve(route, answer));
      return answer;
    } catch (thrown) {
      const error = GatewayError.from(thrown);
      // A platform that has refused a message, or may have it, is not asked again.
      if (mayPass(error) && !(isSentOnce && error.code === "provider_error")) await outcome.failed();
      else await outcome.answered(preserveError(error));
      throw thrown;
    }
  };
}

/** Whether the same request may be answered otherwise later. */
function mayPass({ status, retryAfterSeconds }: GatewayError): boolean {
  return status >= 500 || status === 408 || retryAfterSeconds !== undefined;
}

/** Everything that decides what is done, and how it is answered. */
function fingerprintOf({ operationId, streams }: Route, { path, query, body }: HandlerRequest, { wantsEvents }: RequestContext): string {
  const { api_key: _token, ...asked } = query as Record<string, unknown>;
  const text = JSON.stringify([operationId, path, asked, streams && wantsEvents, body], (_name, value: unknown) => (isObject(value) ? sorted(value) : value));
  return createHash("sha256").update(text).digest("hex");
}

/** JSON objects with the same members are the same, whatever their order. */
function sorted(value: object): object {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

type Preserved = { answer: AnyAnswer } | { error: { code: ErrorCode; message: string; details: Record<string, unknown> } };

function preserve({ operationId }: Route, answer: AnyAnswer): string {
  const shown = shownOnce[operationId];
  if (shown) {
    const { id } = answer.body as { id: string };
    return preserveError(new GatewayError("conflict", `The first request with this \`Idempotency-Key\` ${shown(id)}`, { details: { id } }));
  }
  const text = JSON.stringify({ answer } satisfies Preserved);
  if (text.length <= longestAnswer) return text;
  return preserveError(new GatewayError("conflict", "The first request with this `Idempotency-Key` was carried out, but its answer was over 1 MB, and is not kept."));
}

function preserveError({ code, message, details }: GatewayError): string {
  return JSON.stringify({ error: { code, message, details } } satisfies Preserved);
}

/** Of a message that was being sent when the gateway died. */
const notKnown = preserveError(
  new GatewayError("conflict", "The gateway was stopped while it carried out the first request with this `Idempotency-Key`: it is not known whether the first request was delivered. Look into the chat, and take a new key to send it again.", {
    details: { mayBeDelivered: true },
  }),
);

function revive(text: string): AnyAnswer {
  const preserved = JSON.parse(text) as Preserved;
  if ("answer" in preserved) return preserved.answer;
  const { code, message, details } = preserved.error;
  throw new GatewayError(code, message, { details });
}
