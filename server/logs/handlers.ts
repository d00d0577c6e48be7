import type { components } from "../../generated/server/contract.ts";
import type { EventStream, LogsHandlers } from "../../generated/server/handlers.ts";
import type { Audit, AuditEntry } from "../audit/service.ts";
import type { RequestContext } from "../http/request-context.ts";
import { badRequest } from "../http/validate.ts";
import { encodeLine } from "./encode.ts";
import type { GatewayLogEntry } from "./entry.ts";
import type { GatewayLog } from "./service.ts";

type Schemas = components["schemas"];

/** Both logs: the gateway's own, and that of the calls. */
export function createLogsHandlers({ audit, gatewayLog }: { audit: Audit; gatewayLog: GatewayLog }): LogsHandlers<RequestContext> {
  return {
    async listLogs({ query, headers: { "last-event-id": lastEventId } }, context) {
      const { kind, level, q, keyId, operation, status, limit, cursor } = query;
      const { principal, signal, wantsEvents } = context;
      const times = { since: epochMs(query.since, "since"), until: epochMs(query.until, "until") };
      if (kind === "audit") {
        refuse(level !== undefined && "level", q !== undefined && "q");
        if (wantsEvents) throw badRequest([{ path: "/query/kind", message: "can be `gateway` alone where `Accept` asks for events" }]);
        const { items, nextCursor } = await audit.list(principal, { keyId, operation, status, limit, cursor, ...times });
        return { status: 200, body: pageOf(items.map(encodeAudited), nextCursor) };
      }
      const filter = { level, q, keyId, operation, status, ...times };
      if (wantsEvents) return { status: 200, events: encodeEvents(gatewayLog.follow(principal, filter, lastEventId || undefined, signal)) };
      const { items, nextCursor } = await gatewayLog.list(principal, { ...filter, limit, cursor });
      return { status: 200, body: pageOf(items.map(encodeLine), nextCursor) };
    },
  };
}

function refuse(...given: (string | false)[]): void {
  const errors = given.filter((name) => name !== false).map((name) => ({ path: `/query/${name}`, message: "is for the gateway's log, not for `kind=audit`" }));
  if (errors.length > 0) throw badRequest(errors);
}

function pageOf(entries: Schemas["LogEntry"][], nextCursor: string | null): Schemas["LogPage"] {
  return { entries, ...(nextCursor === null ? {} : { nextCursor }) };
}

function encodeAudited(entry: AuditEntry): Schemas["AuditEntry"] {
  return { kind: "audit", ...entry, at: new Date(entry.at).toISOString() };
}

async function* encodeEvents(batches: AsyncIterable<readonly GatewayLogEntry[]>): EventStream<Schemas["GatewayLogEntry"]> {
  for await (const batch of batches) yield batch.map((entry) => ({ id: entry.id, data: encodeLine(entry) }));
}

/** The contract checks the form of an instant; whether there is such a day, the calendar. */
function epochMs(instant: string | undefined, name: string): number | undefined {
  if (instant === undefined) return undefined;
  const parsed = Date.parse(instant);
  if (Number.isNaN(parsed)) throw badRequest([{ path: `/query/${name}`, message: "is no moment of the calendar" }]);
  return parsed;
}
