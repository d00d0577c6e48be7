import { readFileSync } from "node:fs";
import type Koa from "koa";
import type { Logger } from "pino";
import { createAgentsHandlers } from "./agents/handlers.ts";
import { createAgents } from "./agents/service.ts";
import { composeKeys } from "./compose-keys.ts";
import { createChatHandlers } from "./chat/handlers.ts";
import { createChat } from "./chat/service.ts";
import { createDocsHandlers } from "./docs/handlers.ts";
import { createHealthHandlers } from "./health/handlers.ts";
import { createHealthChecks, type HealthChecks } from "./health/service.ts";
import { createApp } from "./http/app.ts";
import { createAuthenticate } from "./http/authenticate.ts";
import type { CheckAnswer } from "./http/mount.ts";
import { createPerimeter, type Perimeter } from "./http/perimeter/perimeter.ts";
import { createKeysHandlers } from "./keys/handlers.ts";
import { createModelsHandlers } from "./models/handlers.ts";
import { createOpenaiHandlers } from "./openai/handlers.ts";
import { createCompletions } from "./openai/service.ts";
import { createProviders, type Providers } from "./providers/registry.ts";
import { createRunsHandlers } from "./runs/handlers.ts";
import { createRuns, type RunsOptions } from "./runs/service.ts";
import { createRunStore } from "./runs/store.ts";
import { createSessionsHandlers } from "./sessions/handlers.ts";
import { createSessions } from "./sessions/service.ts";
import { createSessionStore } from "./sessions/store.ts";
import type { Settings } from "./settings/settings.ts";
import { createSkillsHandlers } from "./skills/handlers.ts";
import { createSkills } from "./skills/service.ts";
import { openDatabase } from "./storage/database.ts";
import { createTools, type Tools } from "./tools/registry.ts";
import { createWorkspaces } from "./workspaces/service.ts";
import { createWorkspaceStore } from "./workspaces/store.ts";

/** What tests and embedders may set besides the settings. */
export interface ComposeOptions {
  log: Logger;
  now?: () => number;
  /** Times of runs, shorter in tests. */
  runs?: Pick<RunsOptions, "graceMs" | "retentionMs">;
  /** Milliseconds between the words of the embedded model; none by default. */
  embeddedDelayMs?: number;
  checkAnswer?: CheckAnswer | undefined;
}

export interface Gateway {
  app: Koa;
  perimeter: Perimeter;
  health: HealthChecks;
  providers: Providers;
  /** The owner's token, when this start has made one. */
  firstToken: string | null;
  /** Lets running turns end for a while, and closes everything. */
  close(drainTimeoutMs: number): Promise<void>;
}

const version = (JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string }).version;

/** Joins the services with their adapters. The only place that knows them all. */
export async function composeGateway(settings: Settings, { log, now = Date.now, runs: runTimes = {}, embeddedDelayMs, checkAnswer }: ComposeOptions): Promise<Gateway> {
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
  const skills = createSkills({
    settings: { ...settings.skills, allowPrivate: settings.network.allowPrivate },
    env: process.env,
    hasTool: (name) => tools.get(name) !== undefined && tools.allowed(name),
    globsOf: async ({ principal, workspaceId, agentId }) => ({
      agent: (agentId === null ? undefined : agents.find(agentId)?.skills) ?? ["*"],
      workspace: (await workspaces.getFor(principal, workspaceId)).skills,
    }),
  });
  const tools: Tools = createTools({ ...settings.tools, sources: [skills] });
  await skills.start();
  const sessions = createSessions({ store: sessionStore, workspaces });
  const runs = createRuns({ store: runStore, log, now, ...runTimes });
  const chat = createChat({ agents, workspaces, sessions, providers, tools, skills, runs, now });
  const completions = createCompletions({ agents, providers, tools, runs, now });
  const health = createHealthChecks({ database, version });

  const perimeter = createPerimeter(settings.http);
  const app = createApp({
    log,
    authenticate: createAuthenticate(authentication),
    perimeter,
    isDraining: () => health.lifecycle === "draining",
    checkAnswer,
    handlers: {
      ...createChatHandlers({ chat, runs }),
      ...createOpenaiHandlers({ completions, providers, startedAt }),
      ...createRunsHandlers({ runs }),
      ...createSessionsHandlers({ sessions, agents }),
      ...createAgentsHandlers({ agents, tools }),
      ...createModelsHandlers({ providers }),
      ...createSkillsHandlers({ skills }),
      ...createKeysHandlers({ keys }),
      ...createHealthHandlers({ health, sessions }),
      ...createDocsHandlers(),
    },
  });

  return {
    app,
    perimeter,
    health,
    providers,
    firstToken,
    async close(drainTimeoutMs) {
      await runs.drain(drainTimeoutMs);
      await providers.close();
      await lastUse.flush();
      await database.close();
    },
  };
}
