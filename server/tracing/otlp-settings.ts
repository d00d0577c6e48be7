import type { Attributes } from "./tracer.ts";

/** Where spans go, as OpenTelemetry's environment variables say. */
export interface OtlpSettings {
  url: URL;
  headers: Record<string, string>;
  /** What all spans say of this process. */
  resource: Attributes;
  /** How long a span waits at most for others to go with it. */
  delayMs: number;
  queueSize: number;
  batchSize: number;
}

/** Reads them; null when no collector is named, or it is switched off. Throws a TypeError when the address is none. */
export function readOtlpSettings(env: NodeJS.ProcessEnv, version: string): OtlpSettings | null {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: base, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: own } = env;
  if ((!base && !own) || env["OTEL_SDK_DISABLED"]?.toLowerCase() === "true" || env["OTEL_TRACES_EXPORTER"] === "none") return null;
  const url = new URL(own || `${base!.replace(/\/+$/, "")}/v1/traces`);
  const headers = Object.fromEntries(Object.entries(pairs(env["OTEL_EXPORTER_OTLP_TRACES_HEADERS"] || env["OTEL_EXPORTER_OTLP_HEADERS"])).map(([name, value]) => [name.toLowerCase(), value]));
  return {
    url,
    headers,
    resource: { "service.version": version, ...pairs(env["OTEL_RESOURCE_ATTRIBUTES"]), "service.name": env["OTEL_SERVICE_NAME"] || (pairs(env["OTEL_RESOURCE_ATTRIBUTES"])["service.name"] ?? "openclaw") },
    delayMs: positive(env["OTEL_BSP_SCHEDULE_DELAY"]) ?? 5_000,
    queueSize: positive(env["OTEL_BSP_MAX_QUEUE_SIZE"]) ?? 2_048,
    batchSize: positive(env["OTEL_BSP_MAX_EXPORT_BATCH_SIZE"]) ?? 512,
  };
}

/** `name=value,…` with values in percent-encoding, as W3C Baggage has it. */
function pairs(text: string | undefined): Record<string, string> {
  const found: Record<string, string> = {};
  for (const pair of text?.split(",") ?? []) {
    const at = pair.indexOf("=");
    if (at > 0) found[pair.slice(0, at).trim()] = decoded(pair.slice(at + 1).trim());
  }
  return found;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function positive(text: string | undefined): number | undefined {
  const number = Number(text);
  return Number.isInteger(number) && number > 0 ? number : undefined;
}
