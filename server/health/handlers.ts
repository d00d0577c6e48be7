import type { components } from "../../generated/server/contract.ts";
import type { HealthHandlers } from "../../generated/server/handlers.ts";
import { GatewayError } from "../errors.ts";
import type { RequestContext } from "../http/request-context.ts";
import type { Sessions } from "../sessions/service.ts";
import type { HealthChecks, HealthReport } from "./service.ts";

export function createHealthHandlers({ health, sessions }: { health: HealthChecks; sessions: Sessions }): HealthHandlers<RequestContext> {
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
      const { memoryMb } = await health.check();
      return { status: 200, body: { gateway: "running", channels: {}, sessions: await sessions.count(principal), memory: memoryMb } };
    },
  };
}

/** No channel is configured in this version. */
function encodeDetail({ status, version, uptimeSeconds, isDatabaseConnected, redis, memoryMb }: HealthReport): components["schemas"]["HealthDetail"] {
  return {
    status,
    version,
    uptime: uptimeSeconds,
    channels: {},
    redis,
    database: isDatabaseConnected ? "connected" : "disconnected",
    memoryMB: memoryMb.used,
  };
}
