import { expect, test } from "vitest";
import type { ProviderStatus } from "../providers/registry.ts";
import { createHealthChecks, type HealthChecksOptions } from "./service.ts";

const provider: ProviderStatus = { name: "local", type: "openai", lastSuccessAt: 1, lastErrorAt: null, lastError: null, isFailing: false };
const well: HealthChecksOptions = { database: { ping: async () => {} }, cluster: { redis: "connected" }, providers: { status: () => [provider] }, channels: { isFailing: false }, version: "1" };

test.each<{ name: string; part: Partial<HealthChecksOptions>; status: "ok" | "degraded" }>([
  { name: "all is well", part: {}, status: "ok" },
  { name: "there is neither Redis nor a channel nor a call yet", part: { cluster: { redis: "disabled" }, channels: { isFailing: false }, providers: { status: () => [] } }, status: "ok" },
  { name: "a channel cannot connect", part: { channels: { isFailing: true } }, status: "degraded" },
  { name: "Redis is away", part: { cluster: { redis: "disconnected" } }, status: "degraded" },
  { name: "the database does not answer", part: { database: { ping: () => Promise.reject(new Error("gone")) } }, status: "degraded" },
  { name: "a provider's last call failed", part: { providers: { status: () => [provider, { ...provider, isFailing: true }] } }, status: "degraded" },
])("$status when $name", async ({ part, status }) => {
  expect((await createHealthChecks({ ...well, ...part }).check()).status).toBe(status);
});
