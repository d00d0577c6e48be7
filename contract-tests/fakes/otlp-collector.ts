import { startUpstreamServer, type FakeUpstream } from "./upstream-server.ts";

/** A span as the collector received it, its attributes as an object. */
export interface ReceivedSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: Record<string, unknown>;
  status: { code?: number };
}

/** A fake collector of OpenTelemetry: takes spans by OTLP/HTTP in JSON. */
export interface FakeCollector extends FakeUpstream {
  /** What it answers from now on, null for nothing at all; 200 at first. */
  answer(status: number | null): void;
  /** All that it has taken. Throws when something was not as OTLP has it. */
  spans(): ReceivedSpan[];
  /** What all spans of the last request said of their process. */
  resource(): Record<string, unknown>;
}

interface Attribute {
  key: string;
  value: { stringValue?: string; intValue?: string; doubleValue?: number; boolValue?: boolean; arrayValue?: { values: Attribute["value"][] } };
}
type SentSpan = Omit<ReceivedSpan, "attributes"> & { attributes: Attribute[] };
interface Export {
  resourceSpans: { resource: { attributes: Attribute[] }; scopeSpans: { scope: { name: string }; spans: SentSpan[] }[] }[];
}

export async function startOtlpCollector(): Promise<FakeCollector> {
  let status: number | null = 200;
  const taken: Export[] = [];
  const server = await startUpstreamServer("", async ({ path, method, headers, body, json }) => {
    if (path !== "/v1/traces" || method !== "POST" || headers["content-type"] !== "application/json") return json(404, {});
    if (status === 200) taken.push(body as Export);
    if (status !== null) json(status, {});
  });
  return Object.assign(server, {
    answer: (next: number | null) => void (status = next),
    spans: () => taken.flatMap(({ resourceSpans }) => resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans.map(readSpan)))),
    resource: () => readAttributes(taken.at(-1)!.resourceSpans[0]!.resource.attributes),
  });
}

function readSpan({ attributes, ...span }: SentSpan): ReceivedSpan {
  const isRight = /^[\da-f]{32}$/.test(span.traceId) && /^[\da-f]{16}$/.test(span.spanId) && BigInt(span.endTimeUnixNano) >= BigInt(span.startTimeUnixNano);
  if (!isRight) throw new Error(`a span off the protocol: ${JSON.stringify(span)}`);
  return { ...span, attributes: readAttributes(attributes) };
}

function readAttributes(attributes: readonly Attribute[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, readValue(value)]));
}

function readValue({ stringValue, intValue, doubleValue, boolValue, arrayValue }: Attribute["value"]): unknown {
  if (intValue !== undefined) return Number(intValue);
  return stringValue ?? doubleValue ?? boolValue ?? arrayValue?.values.map(readValue);
}
