import type { components } from "../../generated/server/contract.ts";
import type { LogsHandlers } from "../../generated/server/handlers.ts";
import type { Audit, AuditEntry } from "../audit/service.ts";
import type { RequestContext } from "../http/request-context.ts";
import { badRequest } from "../http/validate.ts";

export function createLogsHandlers({ audit }: { audit: Audit }): LogsHandlers<RequestContext> {
  return {
    async listLogs({ query: { since, until, keyId, operation, status, limit, cursor } }, { principal }) {
      const { items, nextCursor } = await audit.list(principal, { keyId, operation, status, limit, cursor, since: epochMs(since, "since"), until: epochMs(until, "until") });
      return { status: 200, body: { entries: items.map(encodeEntry), ...(nextCursor === null ? {} : { nextCursor }) } };
    },
  };
}

function encodeEntry(entry: AuditEntry): components["schemas"]["AuditEntry"] {
  return { kind: "audit", ...entry, at: new Date(entry.at).toISOString() };
}

/** The contract checks the form of an instant; whether there is such a day, the calendar. */
function epochMs(instant: string | undefined, name: string): number | undefined {
  if (instant === undefined) return undefined;
  const parsed = Date.parse(instant);
  if (Number.isNaN(parsed)) throw badRequest([{ path: `/query/${name}`, message: "is no moment of the calendar" }]);
  return parsed;
}
