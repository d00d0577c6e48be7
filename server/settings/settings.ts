import type { CorsMethod, KeyPermission, Logging, Scope, WebhookEvent } from "../../generated/server/settings.ts";
import type { Delivery } from "../cron/job.ts";
import type { Timing } from "../cron/schedule.ts";

/**
 * The settings as the gateway uses them: one shape, whichever edition's the file has; every default filled in, every path
 * absolute, deeply frozen. `fold.ts` makes it; the file's own shape is `SettingsFile` of `generated/server/settings.ts`.
 */
export interface Settings {
  /** Folder of the database, logs, skills and whatever else the gateway keeps. Absolute. */
  readonly stateDir: string;
  readonly http: HttpSettings;
  readonly auth: AuthSettings;
  readonly limits: LimitSettings;
  /** `sqlite:<absolute file>`, `sqlite::memory:` or `postgres://…`. */
  readonly storage: { readonly url: string };
  readonly redis: { readonly url: string | null };
  readonly models: ModelSettings;
  readonly agents: AgentsSettings;
  /** For the first start; `default` and each one that a key or channel names are among them. */
  readonly workspaces: readonly WorkspaceSettings[];
  readonly channels: ChannelsSettings;
  readonly tools: ToolSettings;
  readonly mcp: McpSettings;
  readonly skills: SkillSettings;
  /** Private and loopback addresses or networks that tools and webhooks may reach. */
  readonly network: { readonly allowPrivate: readonly string[] };
  readonly memory: MemorySettings;
  /** How long events are kept; null for ever. */
  readonly events: { readonly retentionDays: number | null };
  readonly cron: { readonly jobs: readonly CronJobSettings[] };
  /** Webhooks of both forms, and how long the dead letters of all are kept; null for ever. */
  readonly webhooks: { readonly endpoints: readonly WebhookSettings[]; readonly deadLetterRetentionDays: number | null };
  readonly logging: LoggingSettings;
}

export interface HttpSettings {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Whether the API is served at all; health checks always are. */
  readonly apiEnabled: boolean;
  /** Addresses or networks of proxies whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
  /** Names that the gateway goes by, in lower case; empty takes any name, save on loopback. */
  readonly allowedHosts: readonly string[];
  /** Null: no other origin may call. */
  readonly cors: CorsSettings | null;
  readonly maxBodyBytes: number;
  /** Addresses or networks that may call; empty lets all in. */
  readonly allowedIPs: readonly string[];
}

export interface CorsSettings {
  /** Each as a browser sends it, or `*`. */
  readonly origins: readonly string[];
  readonly methods: readonly CorsMethod[];
}

export interface AuthSettings {
  readonly enabled: boolean;
  /** Tokens that may do everything. */
  readonly ownerTokens: readonly string[];
  readonly keys: readonly ConfiguredKey[];
}

/** A key of the file, from the place of any edition. */
export interface ConfiguredKey {
  /** `key_` and a short hash of the token: stable, safe to log. */
  readonly id: string;
  readonly label: string;
  readonly token: string;
  /** JSON Pointer to it in the file. */
  readonly place: string;
  /** The edition in whose place it is. */
  readonly edition: "agents" | "conversations" | "workspaces" | "operator";
  /** Null, together with `permissions`: everything but config, logs, keys and webhooks. */
  readonly scopes: readonly Scope[] | null;
  readonly permissions: readonly KeyPermission[] | null;
  readonly workspaces: readonly string[] | "*";
  /** Names or globs; null: all that `tools` lets be called. */
  readonly tools: readonly string[] | null;
  /** Those that it may not call, whatever else allows them; null: none. */
  readonly denyTools: readonly string[] | null;
  /** Null: `limits.perKey`. */
  readonly rateLimitPerMinute: number | null;
  /** Null: `limits.tokensPerDay.perKey`. */
  readonly maxTokensPerDay: number | null;
  /** Epoch milliseconds; null for never. */
  readonly expiresAt: number | null;
}

export interface LimitSettings {
  /** All keys together; null for no limit. */
  readonly global: RateLimit | null;
  /** Each key that has no limit of its own; null for what the gateway has by itself, which depends on the operation's class. */
  readonly perKey: RateLimit | null;
  /** The owner's token. */
  readonly owner: RateLimit;
  /** Input and output tokens a day (UTC); null for no limit. */
  readonly tokensPerDay: { readonly global: number | null; readonly perKey: number | null };
}

export interface RateLimit {
  readonly maxRequests: number;
  readonly windowMs: number;
}

export interface ModelSettings {
  /** `provider/model`; null for the first model of the first provider. */
  readonly default: string | null;
  /** By name, in the order of the file; empty means the embedded model. */
  readonly providers: Readonly<Record<string, ProviderSettings>>;
}

export interface ProviderSettings {
  readonly type: "openai" | "anthropic";
  readonly baseUrl: string;
  readonly apiKey?: string;
  readonly models: readonly ConfiguredModel[];
  readonly firstByteTimeoutMs?: number;
  readonly idleTimeoutMs?: number;
  /** Attempts after the first one. */
  readonly retries?: number;
}

export interface ConfiguredModel {
  readonly id: string;
  /** In tokens. */
  readonly contextWindow?: number;
  /** US dollars for a million tokens. */
  readonly price?: { readonly input: number; readonly output: number };
}

export interface AgentsSettings {
  /** The id of one of the list. */
  readonly default: string;
  readonly list: readonly AgentSettings[];
}

export interface AgentSettings {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** `provider/model`; null for `models.default`. */
  readonly model: string | null;
  readonly systemPrompt: string;
  /** Names or globs. */
  readonly tools: readonly string[];
  /** Those that it may not call, whatever else allows them. */
  readonly denyTools: readonly string[];
  readonly skills: readonly string[];
  /** Most model calls of one turn. */
  readonly maxSteps: number;
  /** Whether what a long session has no more room for is summarised. */
  readonly summarize: boolean;
}

export interface WorkspaceSettings {
  readonly id: string;
  readonly label: string;
  /** Null: whichever is the default. */
  readonly agent: string | null;
  readonly skills: readonly string[];
  readonly allowlist: readonly string[];
}

/** Null: not in the file. The credentials of an enabled channel are never empty. */
export interface ChannelsSettings {
  readonly telegram: TelegramSettings | null;
  readonly discord: (ChannelSettings & { readonly botToken: string }) | null;
  readonly slack: (ChannelSettings & { readonly botToken: string; readonly appToken: string }) | null;
  readonly whatsapp:
    | (ChannelSettings & { readonly accessToken: string; readonly phoneNumberId: string; readonly verifyToken: string; readonly appSecret: string })
    | null;
}

/** Without a webhook, Telegram is asked for what has come in. */
export type TelegramSettings = ChannelSettings & { readonly botToken: string; readonly webhook: { readonly url: string; readonly secret: string } | null };

export interface ChannelSettings {
  readonly enabled: boolean;
  readonly apiRoot: string;
  readonly workspace: string;
}

export interface ToolSettings {
  readonly allow: readonly string[];
  readonly deny: readonly string[];
  /** Tools whose calls wait until somebody has approved them. */
  readonly ask: readonly string[];
  readonly approvalTimeoutMs: number;
  /** Absolute folders. */
  readonly roots: readonly string[];
  readonly timeoutMs: number;
}

export interface McpSettings {
  readonly servers: Readonly<Record<string, McpServerSettings>>;
}

export type McpServerSettings =
  | { readonly enabled: boolean; readonly transport: "stdio"; readonly command: string; readonly args: readonly string[]; readonly env: Readonly<Record<string, string>> }
  | { readonly enabled: boolean; readonly transport: "http"; readonly url: string; readonly headers: Readonly<Record<string, string>> };

export interface SkillSettings {
  /** Absolute folders. */
  readonly roots: readonly string[];
  readonly installFrom: readonly string[];
  readonly registry: string | null;
}

export interface MemorySettings {
  readonly retentionDays: number | null;
  /** Of all workspaces together. */
  readonly maxEntries: number;
  /** What an agent with `memory_search` is told at the start of a turn. */
  readonly recall: { readonly enabled: boolean; readonly maxTokens: number };
  /** `provider/model` of a provider of the type `openai`; null: searches go by words alone. */
  readonly embeddings: { readonly model: string } | null;
}

export interface CronJobSettings {
  readonly id: string;
  readonly timing: Timing;
  readonly workspace: string;
  /** Null: the workspace's. */
  readonly agent: string | null;
  readonly message: string;
  /** Null: a new one each time. */
  readonly sessionId: string | null;
  readonly catchUp: "none" | "once";
  readonly overlap: "skip" | "allow";
  readonly timeoutMs: number;
  readonly enabled: boolean;
  readonly deliver: Delivery | null;
}

export interface WebhookSettings {
  /** `hook_` and a short hash of edition, URL and place among webhooks of the same URL: stable, safe to log. */
  readonly id: string;
  /** The edition in whose place it is; it decides the form of the body. */
  readonly edition: "conversations" | "workspaces";
  readonly url: string;
  readonly secret: string;
  readonly events: readonly WebhookEvent[];
  /** The first one included. */
  readonly maxAttempts: number;
  /** Wait before the second attempt; it doubles with each one. */
  readonly backoffMs: number;
  /** For one attempt. */
  readonly timeoutMs: number;
  /** Deliveries under way at once. */
  readonly concurrency: number;
}

export interface LoggingSettings {
  readonly level: NonNullable<Logging["level"]>;
  /** Absolute; null for standard output only. */
  readonly file: string | null;
  readonly maxFileBytes: number;
  /** The one that is written included. */
  readonly maxFiles: number;
  /** Null: the audit log is kept for ever. */
  readonly auditRetentionDays: number | null;
}
