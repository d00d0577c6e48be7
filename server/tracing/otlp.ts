import type { Attributes, EndedSpan } from "./tracer.ts";

/** Spans as OTLP/HTTP wants them in JSON (opentelemetry-proto, trace/v1): ids in hexadecimal, 64-bit numbers as texts. */
export function encodeSpans(spans: readonly EndedSpan[], resource: Attributes): string {
  return JSON.stringify({
    resourceSpans: [{ resource: { attributes: encodeAttributes(resource) }, scopeSpans: [{ scope: { name: "openclaw" }, spans: spans.map(encodeSpan) }] }],
  });
}

function encodeSpan({ traceId, spanId, parentSpanId, name, kind, startedAt, endedAt, attributes, isError }: EndedSpan) {
  return {
    traceId,
    spanId,
    ...(parentSpanId !== undefined && { parentSpanId }),
    name,
    kind,
    startTimeUnixNano: nanoseconds(startedAt),
    endTimeUnixNano: nanoseconds(endedAt),
    attributes: encodeAttributes(attributes),
    status: isError ? { code: 2 } : {},
  };
}

function encodeAttributes(attributes: Attributes) {
  return Object.entries(attributes).flatMap(([key, value]) => (value === undefined || value === null ? [] : [{ key, value: encodeValue(value) }]));
}

function encodeValue(value: NonNullable<Attributes[string]>): object {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  if (typeof value === "number") return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  return { arrayValue: { values: value.map((stringValue) => ({ stringValue })) } };
}

function nanoseconds(epochMs: number): string {
  return String(BigInt(Math.round(epochMs * 1e6)));
}
