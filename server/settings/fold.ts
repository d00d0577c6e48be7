/**
 * Folds the five shapes that a settings file may have into the one that the gateway uses. The file's shape has been checked
 * before; here is what a schema cannot say: defaults that depend on the surroundings, sections of several editions that mean
 * the same, references, and combinations that are not safe.
 */
import type { SettingsFile } from "../../generated/server/settings.ts";
import { checkUrl } from "./check-url.ts";
import { foldAgents } from "./fold-agents.ts";
import { foldAuth } from "./fold-auth.ts";
import { foldChannels } from "./fold-channels.ts";
import { foldCron } from "./fold-cron.ts";
import { foldHttp } from "./fold-http.ts";
import { createFolding, type Surroundings } from "./folding.ts";
import { foldLimits } from "./fold-limits.ts";
import { foldMcp } from "./fold-mcp.ts";
import { foldMemory } from "./fold-memory.ts";
import { foldModels } from "./fold-models.ts";
import { foldStorage } from "./fold-storage.ts";
import { foldWebhooks } from "./fold-webhooks.ts";
import { foldWorkspaces } from "./fold-workspaces.ts";
import { freeze } from "./freeze.ts";
import { isLoopback, isNetwork } from "./network-names.ts";
import type { Settings } from "./settings.ts";
import type { Fault } from "./settings-error.ts";

/** The frozen settings, to be used only when there are no faults. */
export function fold(file: SettingsFile, surroundings: Surroundings): { settings: Settings; faults: Fault[]; warnings: string[] } {
  const folding = createFolding(file, surroundings);
  const { stateDir, path, fault, faults, warnings } = folding;
  const { tools = {}, skills = {}, logging = {}, network = {}, events = {}, webhooks = {} } = file;

  const http = foldHttp(folding);
  const auth = foldAuth(folding);
  if (!auth.enabled && !isLoopback(http.host)) {
    const switched = file.gateway?.auth?.enabled === false ? "/gateway/auth/enabled" : "/api/auth/enabled";
    fault(switched, `must not be false while the gateway listens on ${http.host}: whoever reaches it could do everything. Turn authentication on, or listen on 127.0.0.1.`);
  }
  const agents = foldAgents(folding);
  const models = foldModels(folding);
  const channels = foldChannels(folding);
  const endpoints = foldWebhooks(folding);
  const jobs = foldCron(folding, agents, endpoints);
  network.allowPrivate?.forEach((name, index) => {
    if (!isNetwork(name)) fault(`/network/allowPrivate/${index}`, "must be an IP address or a network such as 10.0.0.0/8.");
  });
  if (skills.registry != null) checkUrl(skills.registry, "/skills/registry", folding);

  const settings: Settings = {
    stateDir,
    http,
    auth,
    limits: foldLimits(folding),
    storage: { url: foldStorage(folding) },
    redis: { url: file.redis?.url ?? null },
    models,
    agents,
    workspaces: foldWorkspaces(folding, agents, auth.keys, channels, jobs),
    channels,
    tools: {
      allow: tools.allow ?? ["*"],
      deny: tools.deny ?? [],
      ask: tools.ask ?? [],
      approvalTimeoutMs: tools.approvalTimeoutMs ?? 300_000,
      roots: (tools.roots ?? [`${stateDir}/workspace`]).map(path),
      timeoutMs: tools.timeoutMs ?? 30_000,
    },
    mcp: foldMcp(folding),
    skills: {
      roots: (skills.roots ?? [`${stateDir}/skills`]).map(path),
      installFrom: (skills.installFrom ?? []).map(path),
      registry: skills.registry ?? null,
    },
    network: { allowPrivate: network.allowPrivate ?? [] },
    memory: foldMemory(folding, models),
    events: { retentionDays: events.retentionDays === undefined ? 7 : events.retentionDays },
    cron: { jobs },
    webhooks: { endpoints, deadLetterRetentionDays: webhooks.deadLetterRetentionDays === undefined ? 30 : webhooks.deadLetterRetentionDays },
    logging: {
      level: logging.level ?? "info",
      file: logging.file === null ? null : path(logging.file ?? `${stateDir}/logs/gateway.log`),
      maxFileBytes: logging.maxFileBytes ?? 10 * 1024 * 1024,
      maxFiles: logging.maxFiles ?? 5,
      auditRetentionDays: logging.auditRetentionDays === undefined ? 90 : logging.auditRetentionDays,
    },
  };
  return { settings: freeze(settings), faults, warnings };
}
