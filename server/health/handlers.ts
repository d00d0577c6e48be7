import type { components } from "../../generated/server/contract.ts";
import type { HealthHandlers } from "../../generated/server/handlers.ts";
import { GatewayError } from "../errors.ts";
import { instantOrNull } from "../http/encode.ts";
import type { RequestContext } from "../http/request-context.ts";
import type { ProviderStatus } from "../providers/registry.ts";
import type { Runs } from "../runs/service.ts";
import type { Sessions } from "../sessions/service.ts";
import type { HealthChecks, HealthReport } from "./service.ts";

type Schemas = components["schemas"];

export function createHealthHandlers({ health, sessions, runs }: { health: HealthChecks; sessions: Sessions; runs: Pick<Runs, "counts"> }): HealthHandlers<RequestContext> {
  return {
    async getHealth() {
      const { status, version, uptimeSeconds } = await health.check();
      return { status: 200, body: { status, version, uptime: uptimeSeconds } };
    },
    async getHealthDetail() {
      return { status: 200, body: encodeDetail(await health.check()) };
    },
    async getApiHealth() {
      return { status: 200, body: encodeDetail(await health.check()) };
    },
    async getLiveness() {
      return { status: 200, body: { status: "ok" } };
    },
    async getReadiness() {
      if (health.lifecycle !== "ready") throw new GatewayError("service_unavailable", `The gateway is ${health.lifecycle}.`, { retryAfterSeconds: 5 });
      return { status: 200, body: { status: "ok" } };
    },
    async getPlainStatus(_request, { principal }) {
      const { memoryMb, channels } = await health.check();
      return { status: 200, body: { gateway: "running", channels, sessions: await sessions.count(principal), memory: memoryMb } };
    },
    async getStatus(_request, { principal }) {
      const report = await health.check();
      const { status, version, uptime, channels, database, redis } = encodeDetail(report);
      const providers = Object.fromEntries(report.providers.map((provider) => [provider.name, encodeProvider(provider)]));
      const count = await sessions.count(principal);
      return { status: 200, body: { status, gateway: "running", version, uptime, channels, providers, database, redis, sessions: count, queue: runs.counts(), memory: report.memoryMb } };
    },
  };
}

function encodeProvider({ isFailing, lastSuccessAt, lastErrorAt, lastError }: ProviderStatus): Schemas["ProviderHealth"] {
  const isUsed = lastSuccessAt !== null || lastErrorAt !== null;
  return { status: isFailing ? "failing" : isUsed ? "ok" : "unused", lastSuccessAt: instantOrNull(lastSuccessAt), lastErrorAt: instantOrNull(lastErrorAt), lastError };
}

function encodeDetail({ status, version, uptimeSeconds, isDatabaseConnected, redis, channels, memoryMb }: HealthReport): Schemas["HealthDetail"] {
  return {
    status,
    version,
    uptime: uptimeSeconds,
    channels,
    redis,
    database: isDatabaseConnected ? "connected" : "disconnected",
    memoryMB: memoryMb.used,
  };
}
