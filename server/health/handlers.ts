import type { components } from "../../generated/server/contract.ts";
import type { HealthHandlers } from "../../generated/server/handlers.ts";
import type { Channels } from "../channels/service.ts";
import { GatewayError } from "../errors.ts";
import { instantOrNull } from "../http/encode.ts";
import type { RequestContext } from "../http/request-context.ts";
import type { ProviderStatus } from "../providers/registry.ts";
import type { Runs } from "../runs/service.ts";
import type { Sessions } from "../sessions/service.ts";
import type { Dispatch } from "../webhooks/dispatch.ts";
import type { HealthChecks, HealthReport } from "./service.ts";

type Schemas = components["schemas"];

interface HealthOptions {
  health: HealthChecks;
  sessions: Sessions;
  channels: Pick<Channels, "states">;
  runs: Pick<Runs, "counts">;
  webhooks: Pick<Dispatch, "queue">;
}

export function createHealthHandlers({ health, sessions, channels, runs, webhooks }: HealthOptions): HealthHandlers<RequestContext> {
  const queue = () => ({ ...runs.counts(), deliveries: webhooks.queue().depth });

  return {
    async getHealth() {
      const { status, version, uptimeSeconds } = await health.check();
      return { status: 200, body: { status, version, uptime: uptimeSeconds } };
    },
    async getHealthDetail(_request, { principal }) {
      const report = await health.check();
      return { status: 200, body: { ...encodeConnected(report, channels.states(principal)), providers: encodeProviders(report), queue: queue() } };
    },
    async getApiHealth(_request, { principal }) {
      return { status: 200, body: encodeConnected(await health.check(), channels.states(principal)) };
    },
    async getLiveness() {
      return { status: 200, body: { status: "ok" } };
    },
    async getReadiness() {
      if (health.lifecycle !== "ready") throw new GatewayError("service_unavailable", `The gateway is ${health.lifecycle}.`, { retryAfterSeconds: 5 });
      return { status: 200, body: { status: "ok" } };
    },
    async getPlainStatus(_request, { principal }) {
      const { status, memoryMb } = await health.check();
      return { status: 200, body: { status, gateway: "running", channels: channels.states(principal), sessions: await sessions.count(principal), memory: memoryMb } };
    },
    async getStatus(_request, { principal }) {
      const report = await health.check();
      const { status, version, uptime, channels: states, database, redis } = encodeConnected(report, channels.states(principal));
      const count = await sessions.count(principal);
      return { status: 200, body: { status, gateway: "running", version, uptime, channels: states, providers: encodeProviders(report), database, redis, sessions: count, queue: queue(), memory: report.memoryMb } };
    },
  };
}

function encodeProviders({ providers }: HealthReport): Record<string, Schemas["ProviderHealth"]> {
  return Object.fromEntries(providers.map((provider) => [provider.name, encodeProvider(provider)]));
}

function encodeProvider({ isFailing, lastSuccessAt, lastErrorAt, lastError }: ProviderStatus): Schemas["ProviderHealth"] {
  const isUsed = lastSuccessAt !== null || lastErrorAt !== null;
  return { status: isFailing ? "failing" : isUsed ? "ok" : "unused", lastSuccessAt: instantOrNull(lastSuccessAt), lastErrorAt: instantOrNull(lastErrorAt), lastError };
}

function encodeConnected({ status, version, uptimeSeconds, isDatabaseConnected, redis, memoryMb }: HealthReport, channels: ReturnType<Channels["states"]>): Schemas["ConnectedHealth"] {
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
