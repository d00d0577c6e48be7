import type Koa from "koa";
import type { Logger } from "pino";
import { createAgents } from "./agents/service.ts";
import { createApplication } from "./apply-settings.ts";
import { createAudit } from "./audit/service.ts";
import { createAuditStore } from "./audit/store.ts";
import type { ChannelsOptions } from "./channels/service.ts";
import { composeChannels, type ComposedChannels } from "./compose-channels.ts";
import { composeEvents } from "./compose-events.ts";
import { composeKeys } from "./compose-keys.ts";
import { composeMemory } from "./compose-memory.ts";
import { composeObserver } from "./compose-observer.ts";
import { composeSettings } from "./compose-settings.ts";
import { composeSockets, type SocketTimes } from "./compose-sockets.ts";
import { composeTools } from "./compose-tools.ts";
import { createChatHandlers } from "./chat/handlers.ts";
import { createChat } from "./chat/service.ts";
import { createSummaries } from "./chat/summary.ts";
import { createCluster } from "./cluster/cluster.ts";
import { createFireStore } from "./cron/fire-store.ts";
import { createCronHandlers } from "./cron/handlers.ts";
import { createCron } from "./cron/service.ts";
import { createCronStore } from "./cron/store.ts";
import { createDocsHandlers } from "./docs/handlers.ts";
import { createEventWriter } from "./events/writer.ts";
import { createHealthHandlers } from "./health/handlers.ts";
import { createHealthChecks, type HealthChecks } from "./health/service.ts";
import { createApp } from "./http/app.ts";
import { createCallAudit } from "./http/audit.ts";
import { createAuthenticate } from "./http/authenticate.ts";
import { guardLogins } from "./http/guard-logins.ts";
import { createAnswerOnce } from "./http/idempotency.ts";
import { createLimit } from "./http/limit.ts";
import type { CheckAnswer } from "./http/mount.ts";
import { createPerimeter, type Perimeter } from "./http/perimeter/perimeter.ts";
import { createIdempotency } from "./idempotency/service.ts";
import { createIdempotencyStore } from "./idempotency/store.ts";
import { createKeysHandlers } from "./keys/handlers.ts";
import { createLoginGuard } from "./limits/logins.ts";
import { createQuotas } from "./limits/quotas.ts";
import { createLimits } from "./limits/service.ts";
import { createLogsHandlers } from "./logs/handlers.ts";
import { createRingStore } from "./logs/ring-store.ts";
import { createGatewayLog } from "./logs/service.ts";
import type { LogStore } from "./logs/log-store.ts";
import { createMemoryHandlers } from "./memory/handlers.ts";
import { createRecall } from "./memory/recall.ts";
import { channelStates } from "./metrics/channel-metrics.ts";
import { createMetricsHandlers } from "./metrics/handlers.ts";
import { webhookQueue } from "./metrics/webhook-metrics.ts";
import { createModelsHandlers } from "./models/handlers.ts";
import { createOpenaiHandlers } from "./openai/handlers.ts";
import { createCompletions } from "./openai/service.ts";
import { createPagesHandlers } from "./pages/handlers.ts";
import { version } from "./package-files.ts";
import { createProviders, type Providers } from "./providers/registry.ts";
import { createRunsHandlers } from "./runs/handlers.ts";
import { createRuns, type RunsOptions } from "./runs/service.ts";
import { createRunStore } from "./runs/store.ts";
import { createSecretMask, type SecretMask } from "./secrets.ts";
import { createSessionsHandlers } from "./sessions/handlers.ts";
import { createSessions } from "./sessions/service.ts";
import { createSessionStore } from "./sessions/store.ts";
import type { SettingsSource } from "./settings/load-settings.ts";
import { secretsOf } from "./settings/redact.ts";
import type { Settings } from "./settings/settings.ts";
import { openDatabase } from "./storage/database.ts";
import { createSocketHandlers } from "./ws/handlers.ts";
import { createWorkspacesHandlers } from "./workspaces/handlers.ts";
import { createWorkspaces } from "./workspaces/service.ts";
import { createWorkspaceStore } from "./workspaces/store.ts";

/** What tests and embedders may set besides the settings. */
export interface ComposeOptions {
  log: Logger;
  /** Where the log's lines are read again; whoever made it writes to it. Without, there are none. */
  logStore?: LogStore;
  /** What skills look into, and OpenTelemetry's variables. */
  env?: NodeJS.ProcessEnv;
  /** The one that the log goes through. Without, one of the settings' secrets. */
  mask?: SecretMask;
  now?: () => number;
  /** Times of runs, shorter in tests. */
  runs?: Pick<RunsOptions, "graceMs" | "retentionMs">;
  sockets?: SocketTimes;
  /** Milliseconds between the words of the embedded model; none by default. */
  embeddedDelayMs?: number;
  checkAnswer?: CheckAnswer | undefined;
  /** Where the settings come from; without it they can neither be read nor changed over HTTP. */
  source?: SettingsSource | undefined;
  /** How each messaging platform's connector is loaded; tests give scripted ones. */
  connectors?: ChannelsOptions["connectors"];
  /** Milliseconds between two looks at the settings file. */
  settingsIntervalMs?: number;
}

export interface Gateway {
  app: Koa;
  perimeter: Perimeter;
  health: HealthChecks;
  providers: Providers;
  /** The owner's token, when this start has made one. */
  firstToken: string | null;
  /** Starts what works beside the requests, once they are served. */
  start(): void;
  /** Takes up the settings file as it stands. */
  reloadSettings(): Promise<void>;
  /** Lets running turns end for a while. */
  drain(timeoutMs: number): Promise<void>;
  /** Closes everything, once the last answer is out: the audit log has it, too. */
  close(): Promise<void>;
}

/** Joins the services with their adapters. The only place that knows them all. */
export async function composeGateway(
  settings: Settings,
  { log, logStore = createRingStore(0), env = process.env, mask = createSecretMask(secretsOf(settings)), now = Date.now, runs: runTimes = {}, sockets: socketTimes = {}, embeddedDelayMs, checkAnswer, source, connectors, settingsIntervalMs }: ComposeOptions,
): Promise<Gateway> {
  const startedAt = now();
  const observer = await composeObserver({ version, env, log });
  const { metrics } = observer;
  const database = await openDatabase(settings.storage.url, observer.database);
  const eventWriter = createEventWriter({ database });
  const sessionStore = createSessionStore({ database, events: eventWriter, now });
  const runStore = createRunStore({ database, events: eventWriter });

  const agents = createAgents(settings.agents);
  const runs = observer.runs(createRuns({ store: runStore, log, now, observer: metrics.turns, ...runTimes }));
  const workspaces = createWorkspaces({ store: createWorkspaceStore({ database }), agents, runs, now });
  await workspaces.seed(settings.workspaces);
  const { events, usage, dispatch, webhooks, onInvoked, handlers: eventHandlers } = await composeEvents({ database, writer: eventWriter, workspaces, settings, mask, version, log, now });
  metrics.register(webhookQueue(dispatch.queue));
  const left = await runStore.failLeftRunning(startedAt);
  if (left > 0) log.warn({ runs: left }, "turns were cut off by the last stop and are marked failed");
  const idempotency = await createIdempotency({ store: createIdempotencyStore({ database }), runs, log, now });

  const onFailure = (cause: unknown) => log.warn({ err: cause }, "when keys were used last could not be written");
  const { keys, authentication, settingsKeys, lastUse } = composeKeys({ database, auth: settings.auth, workspaceIds: (principal) => workspaces.ids(principal), now, onFailure });
  // The keys that were bound to it are so no longer.
  workspaces.onDeleted(() => authentication.forgetAll());
  const firstToken = await keys.createFirstToken();

  const providers = observer.providers(createProviders(settings.models, { onCall: metrics.providers.ended, ...(embeddedDelayMs !== undefined && { embedded: { delayMs: embeddedDelayMs } }) }));
  const memory = await composeMemory({ database, providers, workspaces, settings: settings.memory, log, now });
  workspaces.onDeleted(memory.forget);
  const { mcp, skills, tools, handlers: toolsHandlers } = await composeTools({
    settings,
    agents,
    workspaces,
    memory,
    send: (...message) => channels.send(...message),
    onInvoked,
    observe: observer.tools,
    env,
    hideSecrets: mask.hide,
    version,
    log,
    now,
  });
  const sessions = createSessions({ store: sessionStore, workspaces });
  const cluster = await createCluster({ redisUrl: settings.redis.url, log, now });
  const limits = createLimits({ windows: cluster.windows, settings: settings.limits, now });
  const quotas = createQuotas({ ledger: cluster.ledger, settings: settings.limits, usedSince: runStore.tokensByKey, now });
  const summaries = createSummaries({ sessions, log, now });
  const chat = createChat({ agents, workspaces, sessions, summaries, providers, tools, skills, recall: createRecall({ memory }), quotas, runs, now });
  const completions = createCompletions({ agents, workspaces, providers, tools, quotas, runs, now });
  const { channels, handlers: channelsHandlers, doors }: ComposedChannels = composeChannels({ settings: settings.channels, database, events: eventWriter, connectors, chat, runs, sessions, workspaces, log, now });
  metrics.register(channelStates(() => channels.states({ workspaces: "*" })));
  const cron = createCron({ store: createCronStore({ database }), fires: createFireStore({ database, events: eventWriter }), agents, workspaces, sessions, chat, channels, webhooks, now, log });
  await cron.use(settings.cron.jobs);
  const health = createHealthChecks({ database, cluster, providers, channels, version });
  const audit = createAudit({ store: createAuditStore({ database }), log, now, retentionDays: settings.logging.auditRetentionDays });

  const gatewayLog = createGatewayLog({ store: logStore });

  const perimeter = createPerimeter(settings.http);
  const application = createApplication({ agents, settingsKeys, perimeter, limits, quotas, providers, memory, events, dispatch, tools, mcp, skills, runs, workspaces, channels, cron, audit, logStore, mask, log });
  const { watch, handlers: settingsHandlers } = composeSettings({ settings, source, application, log, now, intervalMs: settingsIntervalMs });

  const login = guardLogins(authentication, createLoginGuard({ windows: cluster.windows }));
  const isDraining = () => health.lifecycle === "draining";
  const sockets = composeSockets({ chat, runs, events, workspaces, login, authentication, limits, audit, isDraining, hide: mask.hide, log, now }, socketTimes);
  const app = createApp({
    log,
    mask,
    audit: createCallAudit({ audit, mask, now }),
    authenticate: createAuthenticate(login),
    limit: createLimit(limits),
    perimeter,
    answerOnce: createAnswerOnce(idempotency),
    doors,
    isDraining,
    sockets,
    ...observer.http,
    checkAnswer,
    handlers: {
      ...createChatHandlers({ chat, runs }),
      ...createOpenaiHandlers({ completions, providers, startedAt }),
      ...createRunsHandlers({ runs }),
      ...createSessionsHandlers({ sessions, agents }),
      ...createWorkspacesHandlers({ workspaces }),
      ...toolsHandlers,
      ...createMemoryHandlers({ memory }),
      ...createModelsHandlers({ providers }),
      ...eventHandlers,
      ...createSocketHandlers(),
      ...createLogsHandlers({ audit, gatewayLog }),
      ...createKeysHandlers({ keys }),
      ...settingsHandlers,
      ...createCronHandlers({ cron }),
      ...channelsHandlers,
      ...createHealthHandlers({ health, sessions, channels, runs, webhooks: dispatch }),
      ...createMetricsHandlers({ metrics, runs }),
      ...createDocsHandlers(),
      ...createPagesHandlers(),
    },
  });

  await cron.start();

  return {
    app,
    perimeter,
    health,
    providers,
    firstToken,
    start() {
      mcp.use(settings.mcp);
      dispatch.start();
      channels.start();
    },
    reloadSettings: async () => watch?.reload(),
    async drain(timeoutMs) {
      watch?.close();
      gatewayLog.close();
      events.stop();
      sockets.drain();
      const ended = [cron.stop(), channels.drain(timeoutMs), dispatch.stop(timeoutMs)];
      await runs.drain(timeoutMs);
      await Promise.all(ended);
      await sockets.close();
    },
    async close() {
      await channels.stop();
      await mcp.close();
      await dispatch.close();
      await events.close();
      await usage.close();
      memory.close();
      await providers.close();
      cluster.close();
      await audit.close();
      await idempotency.close();
      await lastUse.flush();
      await database.close();
      await observer.close();
    },
  };
}
