import type { Context as KoaContext, Next } from "koa";
import type { Route } from "../../generated/server/routes.ts";
import type { Audit } from "../audit/service.ts";
import type { Principal } from "../keys/principal.ts";
import type { SecretMask } from "../secrets.ts";

/** Where the audit log meets the calls. */
export interface CallAudit {
  /** Middleware around all that answers: notes each call once its answer is made and out, or its caller gone. */
  watch(koa: KoaContext, next: Next): Promise<void>;
  /** Notes a change that has been made, before its answer goes out. One that failed is noted like all other calls: by `watch`. */
  changed(koa: KoaContext, route: Route, answer: { status: number; body?: unknown }): Promise<void> | undefined;
}

export function createCallAudit({ audit, mask, now }: { audit: Audit; mask: SecretMask; now: () => number }): CallAudit {
  function callOf(koa: KoaContext, operation: string | null, object: string | null, status: number, complete: boolean) {
    const { startedAt, address, principal, requestId } = koa.state as { startedAt: number; address: string; principal?: Principal; requestId: string };
    const durationMs = Math.round(performance.now() - startedAt);
    return { at: now(), keyId: principal?.keyId ?? null, address, operation, method: koa.method, object, status, complete, durationMs, requestId, times: 1 };
  }

  /** The ids of the path, and of what was made; else the workspace that the query names. Nobody has checked them where the call was refused. */
  function objectOf(koa: KoaContext, made?: string): string | null {
    const ids = Object.values((koa["params"] as Record<string, string> | undefined) ?? {});
    if (made !== undefined) ids.push(made);
    if (ids.length === 0 && koa.querystring !== "") ids.push(...[koa.query["workspace"] ?? []].flat());
    const object = ids.join("/");
    return object === "" || object.length > longestObject ? null : mask.hide(object);
  }

  function note(koa: KoaContext, complete: boolean): void {
    const { route, isNoted = false } = koa.state as { route?: Route; isNoted?: boolean };
    const status = koa.res.statusCode;
    if (isNoted || (route ? route.permission === "none" : !refusals.has(status))) return;
    audit.note(callOf(koa, route?.operationId ?? null, objectOf(koa), status, complete));
  }

  return {
    async watch(koa, next) {
      const { res } = koa;
      koa.state["startedAt"] = performance.now();
      let isAnswered = false;
      let complete: boolean | undefined;
      res.once("close", () => {
        complete = res.writableFinished;
        if (isAnswered) note(koa, complete);
      });
      await next();
      isAnswered = true;
      if (complete !== undefined) note(koa, complete);
    },
    changed(koa, route, { status, body }) {
      if (!changes(route)) return undefined;
      koa.state["isNoted"] = true;
      // What has no id has a name.
      const { id, name } = (status === 201 ? body : {}) as { id?: unknown; name?: unknown };
      const made = id ?? name;
      return audit.noteChange(callOf(koa, route.operationId, objectOf(koa, typeof made === "string" ? made : undefined), status, true));
    },
  };
}

const longestObject = 300;

/** What is noted even where no operation was reached: whoever is kept out. What nobody serves is in the gateway's log only. */
const refusals: ReadonlySet<number> = new Set([401, 403, 429]);

/** Turns are no changes in this sense: each has its run. Nor is what platforms tell: nobody with a key has asked for it. */
function changes({ method, permission }: Route): boolean {
  return method !== "GET" && permission !== "none" && permission !== "messages:write" && !permission.endsWith(":read");
}
