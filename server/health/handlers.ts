import type { components } from "../../generated/server/contract.ts";
import type { HealthHandlers } from "../../generated/server/handlers.ts";
import type { Channels } from "../channels/service.ts";
import { GatewayError } from "../errors.ts";
import type { RequestContext } from "../http/request-context.ts";
import type { Sessions } from "../sessions/service.ts";
import type { HealthChecks, HealthReport } from "./service.ts";

interface HealthOptions {
  health: HealthChecks;
  sessions: Sessions;
  channels: Pick<Channels, "states">;
}

export function createHealthHandlers({ health, sessions, channels }: HealthOptions): HealthHandlers<RequestContext> {
  return {
    async getHealth() {
      const { status, version, uptimeSeconds } = await health.check();
      return { status: 200, body: { status, version, uptime: uptimeSeconds } };
    },
    async getHealthDetail(_request, { principal }) {
      return { status: 200, body: encodeDetail(await health.check(), channels.states(principal)) };
    },
    async getApiHealth(_request, { principal }) {
      return { status: 200, body: encodeDetail(await health.check(), channels.states(principal)) };
    },
    async getLiveness() {
      return { status: 200, body: { status: "ok" } };
    },
    async getReadiness() {
      if (health.lifecycle !== "ready") throw new GatewayError("service_unavailable", `The gateway is ${health.lifecycle}.`, { retryAfterSeconds: 5 });
      return { status: 200, body: { status: "ok" } };
    },
    async getPlainStatus(_request, { principal }) {
      const { memoryMb } = await health.check();
      return { status: 200, body: { gateway: "running", channels: channels.states(principal), sessions: await sessions.count(principal), memory: memoryMb } };
    },
  };
}

function encodeDetail({ status, version, uptimeSeconds, isDatabaseConnected, redis, memoryMb }: HealthReport, channels: ReturnType<Channels["states"]>): components["schemas"]["HealthDetail"] {
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
