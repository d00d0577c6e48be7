import { isDeepStrictEqual } from "node:util";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Logger } from "pino";
import type { Agents } from "./agents/service.ts";
import type { Audit } from "./audit/service.ts";
import type { Channels } from "./channels/service.ts";
import type { Cron } from "./cron/service.ts";
import type { Events } from "./events/service.ts";
import type { Perimeter } from "./http/perimeter/perimeter.ts";
import type { SettingsKeys } from "./keys/settings-keys.ts";
import type { Quotas } from "./limits/quotas.ts";
import type { Limits } from "./limits/service.ts";
import type { LogStore } from "./logs/log-store.ts";
import type { Mcp } from "./mcp/service.ts";
import type { MemoryService } from "./memory/service.ts";
import type { Providers } from "./providers/registry.ts";
import type { Runs } from "./runs/service.ts";
import type { SecretMask } from "./secrets.ts";
import { at } from "./settings/pointer.ts";
import { secretsOf } from "./settings/redact.ts";
import type { Application } from "./settings/service.ts";
import type { HttpSettings, LoggingSettings, Settings } from "./settings/settings.ts";
import { type Skills, skillsSettings } from "./skills/service.ts";
import type { Tools } from "./tools/registry.ts";
import type { Dispatch } from "./webhooks/dispatch.ts";
import type { Workspaces } from "./workspaces/service.ts";

/** The parts of the settings that change one by one. */
export type SettingsPart = `http.${keyof HttpSettings}` | `logging.${keyof LoggingSettings}` | Exclude<keyof Settings, "http" | "logging">;

/** The running parts that can take other settings, as `compose.ts` has made them. */
export interface RunningParts {
  agents: Agents;
  settingsKeys: SettingsKeys;
  perimeter: Perimeter;
  limits: Limits;
  quotas: Quotas;
  providers: Providers;
  memory: Pick<MemoryService, "use">;
  tools: Tools;
  events: Pick<Events, "use">;
  dispatch: Pick<Dispatch, "use">;
  mcp: Pick<Mcp, "use">;
  skills: Skills;
  runs: Runs;
  workspaces: Workspaces;
  channels: Pick<Channels, "use">;
  cron: Cron;
  audit: Pick<Audit, "use">;
  logStore: Pick<LogStore, "use">;
  mask: SecretMask;
  log: Logger;
}

/** What is read at the start only, and where the file has it. */
const atStart = {
  "http.host": ["/gateway/host"],
  "http.port": ["/gateway/port", "/api/port"],
  storage: ["/storage/url"],
  redis: ["/redis/url"],
  "logging.file": ["/logging/file"],
  // Of the environment, which does not change while the gateway runs.
  stateDir: [],
} satisfies Partial<Record<SettingsPart, readonly string[]>>;

type AppliedPart = Exclude<SettingsPart, keyof typeof atStart>;

/** Lets settings take effect in the running gateway. A part of the settings that is neither here nor in the table above does not compile. */
export function createApplication(parts: RunningParts): Application {
  const { agents, settingsKeys, perimeter, limits, quotas, providers, memory, events, dispatch, tools, mcp, skills, runs, workspaces, channels, cron, audit, logStore, mask, log } = parts;
  const exchangeLogFiles = (next: Settings) => logStore.use(next.logging);
  const exchangePerimeter = (next: Settings) => perimeter.use(next.http);
  const exchangeSkills = (next: Settings) => skills.use(skillsSettings(next));
  const steps: Record<AppliedPart, (next: Settings) => void | Promise<void>> = {
    // The others name workspaces, so these come first.
    workspaces: (next) => workspaces.seed(next.workspaces),
    agents: (next) => agents.use(next.agents),
    auth: (next) => settingsKeys.use(next.auth),
    "http.allowedHosts": exchangePerimeter,
    "http.allowedIPs": exchangePerimeter,
    "http.apiEnabled": exchangePerimeter,
    "http.cors": exchangePerimeter,
    "http.maxBodyBytes": exchangePerimeter,
    "http.trustedProxies": exchangePerimeter,
    limits(next) {
      limits.use(next.limits);
      quotas.use(next.limits);
    },
    // A turn that has just been given its model is under way a moment later.
    models: (next) => providers.use(next.models, nextTurn().then(() => runs.settled())),
    memory: (next) => memory.use(next.memory),
    events(next) {
      events.use(next.events);
      return dispatch.use(next);
    },
    webhooks: (next) => dispatch.use(next),
    mcp: (next) => mcp.use(next.mcp),
    skills: exchangeSkills,
    channels: (next) => channels.use(next.channels),
    cron: (next) => cron.use(next.cron.jobs),
    "logging.auditRetentionDays": (next) => audit.use({ retentionDays: next.logging.auditRetentionDays }),
    tools: (next) => tools.use(next),
    async network(next) {
      tools.use(next);
      await exchangeSkills(next);
      await dispatch.use(next);
    },
    "logging.maxFileBytes": exchangeLogFiles,
    "logging.maxFiles": exchangeLogFiles,
    "logging.level": (next) => void (log.level = next.logging.level),
  };

  return {
    async apply(next, previous) {
      // Before anything can log them.
      mask.learn(secretsOf(next));
      for (const part of Object.keys(steps) as AppliedPart[]) {
        if (!isDeepStrictEqual(valueOf(part, next), valueOf(part, previous))) await steps[part](next);
      }
    },
    restartRequired(next, started) {
      const changed = (Object.keys(atStart) as (keyof typeof atStart)[]).filter((part) => !isDeepStrictEqual(valueOf(part, next.settings), valueOf(part, started.settings)));
      return changed.flatMap((part) => {
        const places: readonly string[] = atStart[part];
        const edited = places.filter((pointer) => !isDeepStrictEqual(at(next.written, pointer), at(started.written, pointer)));
        return edited.length > 0 ? edited : places.slice(0, 1);
      });
    },
  };
}

function valueOf(part: SettingsPart, settings: Settings): unknown {
  return at(settings, `/${part.replace(".", "/")}`);
}
