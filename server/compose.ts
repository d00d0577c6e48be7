import { readFileSync } from "node:fs";
import type Koa from "koa";
import type { Logger } from "pino";
import { createAgentsHandlers } from "./agents/handlers.ts";
import { createAgents } from "./agents/service.ts";
import { createAudit } from "./audit/service.ts";
import { createAuditStore } from "./audit/store.ts";
import { composeKeys } from "./compose-keys.ts";
import { createChatHandlers } from "./chat/handlers.ts";
import { createChat } from "./chat/service.ts";
import { createDocsHandlers } from "./docs/handlers.ts";
import { createHealthHandlers } from "./health/handlers.ts";
import { createHealthChecks, type HealthChecks } from "./health/service.ts";
import { createApp } from "./http/app.ts";
import { createCallAudit } from "./http/audit.ts";
import { createAuthenticate } from "./http/authenticate.ts";
import type { CheckAnswer } from "./http/mount.ts";
import { createKeysHandlers } from "./keys/handlers.ts";
import { createLogsHandlers } from "./logs/handlers.ts";
import { createModelsHandlers } from "./models/handlers.ts";
import { createOpenaiHandlers } from "./openai/handlers.ts";
import { createCompletions } from "./openai/service.ts";
import { createProviders, type Providers } from "./providers/registry.ts";
import { createRunsHandlers } from "./runs/handlers.ts";
import { createRuns, type RunsOptions } from "./runs/service.ts";
import { createRunStore } from "./runs/store.ts";
import { createSecretMask, type SecretMask } from "./secrets.ts";
import { createSessionsHandlers } from "./sessions/handlers.ts";
import { createSessions } from "./sessions/service.ts";
import { createSessionStore } from "./sessions/store.ts";
import { secretsOf } from "./settings/redact.ts";
import type { Settings } from "./settings/settings.ts";
import { openDatabase } from "./storage/database.ts";
import { createTools } from "./tools/registry.ts";
import { createWorkspaces } from "./workspaces/service.ts";
import { createWorkspaceStore } from "./workspaces/store.ts";

/** What tests and embedders may set besides the settings. */
export interface ComposeOptions {
  log: Logger;
  /** The one that the log goes through. Without, one of the settings' secrets. */
  mask?: SecretMask;
  now?: () => number;
  /** Times of runs, shorter in tests. */
  runs?: Pick<RunsOptions, "graceMs" | "retentionMs">;
  /** Milliseconds between the words of the embedded model; none by default. */
  embeddedDelayMs?: number;
  checkAnswer?: CheckAnswer | undefined;
}

export interface Gateway {
  app: Koa;
  health: HealthChecks;
  providers: Providers;
  /** The owner's token, when this start has made one. */
  firstToken: string | null;
  /** Lets running turns end for a while. */
  drain(timeoutMs: number): Promise<void>;
  /** Closes everything, once the last answer is out: the audit log has it, too. */
  close(): Promise<void>;
}

const version = (JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string }).version;

/** Joins the services with their adapters. The only place that knows them all. */
export async function composeGateway(settings: Settings, { log, mask = createSecretMask(secretsOf(settings)), now = Date.now, runs: runTimes = {}, embeddedDelayMs, checkAnswer }: ComposeOptions): Promise<Gateway> {
  const startedAt = now();
  const database = await openDatabase(settings.storage.url);
  const sessionStore = createSessionStore({ database });
  const runStore = createRunStore({ database });

  const workspaces = createWorkspaces({ store: createWorkspaceStore({ database }) });
  await workspaces.seed(settings.workspaces.map(({ id, label, agent, skills, allowlist }) => ({ id, label, agentId: agent, skills, allowlist, createdAt: startedAt, updatedAt: startedAt })));
  const left = await runStore.failLeftRunning(startedAt);
  if (left > 0) log.warn({ runs: left }, "turns were cut off by the last stop and are marked failed");

  const onFailure = (cause: unknown) => log.warn({ err: cause }, "when keys were used last could not be written");
  const { keys, authentication, lastUse } = composeKeys({ database, auth: settings.auth, workspaceIds: (principal) => workspaces.ids(principal), now, onFailure });
  const firstToken = await keys.createFirstToken();

  const agents = createAgents(settings.agents);
  const { default: defaultModel, providers: providerSettings } = settings.models;
  const modelSettings = { providers: providerSettings, ...(defaultModel === null ? {} : { default: defaultModel }) };
  const providers = createProviders(modelSettings, embeddedDelayMs === undefined ? {} : { embedded: { delayMs: embeddedDelayMs } });
  const tools = createTools(settings.tools);
  const sessions = createSessions({ store: sessionStore, workspaces });
  const runs = createRuns({ store: runStore, log, now, ...runTimes });
  const chat = createChat({ agents, workspaces, sessions, providers, tools, runs, now });
  const completions = createCompletions({ agents, providers, tools, runs, now });
  const health = createHealthChecks({ database, version });
  const audit = createAudit({ store: createAuditStore({ database }), log, now, retentionDays: settings.logging.auditRetentionDays });

  const app = createApp({
    log,
    mask,
    audit: createCallAudit({ audit, mask, now }),
    authenticate: createAuthenticate(authentication),
    maxBodyBytes: settings.http.maxBodyBytes,
    isApiEnabled: settings.http.apiEnabled,
    trustedProxies: settings.http.trustedProxies,
    isDraining: () => health.lifecycle === "draining",
    checkAnswer,
    handlers: {
      ...createChatHandlers({ chat, runs }),
      ...createOpenaiHandlers({ completions, providers, startedAt }),
      ...createRunsHandlers({ runs }),
      ...createSessionsHandlers({ sessions, agents }),
      ...createAgentsHandlers({ agents, tools }),
      ...createModelsHandlers({ providers }),
      ...createLogsHandlers({ audit }),
      ...createKeysHandlers({ keys }),
      ...createHealthHandlers({ health, sessions }),
      ...createDocsHandlers(),
    },
  });

  return {
    app,
    health,
    providers,
    firstToken,
    drain: (timeoutMs) => runs.drain(timeoutMs),
    async close() {
      await providers.close();
      await audit.close();
      await lastUse.flush();
      await database.close();
    },
  };
}
