import type { OpenapiDocument, OpenapiOperation, Response } from "./document.ts";

/**
 * Finishes what `@deprecatedSince` has begun: the operation is marked as deprecated, says so in words, and has in each of its answers the
 * headers that `deprecationHeaders` gives.
 */
export function addDeprecations(document: OpenapiDocument): void {
  for (const operation of Object.values(document.paths).flatMap((item) => Object.values(item))) {
    const headers = deprecationHeaders(operation);
    if (!headers) continue;
    const { "x-deprecated-since": since, "x-sunset": sunset, "x-deprecation-link": link } = operation;
    operation.deprecated = true;
    const remark = `Deprecated since ${since}${sunset ? `; may be gone from ${sunset} on` : ""}.${link ? ` See <${link}>.` : ""}`;
    operation.description = [operation.description, remark].filter(Boolean).join("\n\n");
    for (const answer of Object.values(operation.responses) as Response[]) answer.headers = { ...answer.headers, ...documented };
  }
}

/** The headers of all answers of a deprecated operation, ready to be sent: RFC 9745, RFC 8594, RFC 8288. Null when it is not. */
export function deprecationHeaders(operation: OpenapiOperation): Record<string, string> | null {
  const { operationId, deprecated, "x-deprecated-since": since, "x-sunset": sunset, "x-deprecation-link": link } = operation;
  if (since === undefined) {
    if (deprecated) throw new Error(`${operationId} is deprecated, but does not say since when: use @deprecatedSince`);
    return null;
  }
  const [from, to] = [dayOf(operationId, since), sunset && dayOf(operationId, sunset)];
  if (to && to < from) throw new Error(`${operationId} cannot be gone before it is deprecated (RFC 9745, section 4)`);
  if (link && !URL.canParse(link)) throw new Error(`${operationId}: \`${link}\` is no URL`);
  return {
    Deprecation: `@${from.getTime() / 1000}`,
    ...(to ? { Sunset: to.toUTCString() } : {}),
    ...(link ? { Link: `<${new URL(link).href}>; rel="deprecation"; type="text/html"` } : {}),
  };
}

/** Required or not for all deprecated operations alike: their errors are shared. */
const documented = {
  Deprecation: { required: true, description: "Since when the operation is deprecated, in seconds since 1970 behind an `@` (RFC 9745).", schema: { type: "string", pattern: "^@[0-9]+$" } },
  Sunset: { required: false, description: "From when on the operation may be gone (RFC 8594).", schema: { type: "string" } },
  Link: { required: false, description: 'What to do instead: a page, as `rel="deprecation"` (RFC 8288).', schema: { type: "string" } },
};

function dayOf(operationId: string, text: string): Date {
  const day = new Date(`${text}T00:00:00Z`);
  // A day that is none, such as the 31st of April, becomes another.
  if (Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== text) throw new Error(`${operationId}: \`${text}\` is no day such as 2026-11-01`);
  return day;
}
