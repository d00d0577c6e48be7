import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createTestHome, fixture, load } from "./test-home.ts";

const env = {
  GATEWAY_AUTH_TOKEN: "the-owner's-own-token",
  API_KEY_1: "oclaw_live_application_key",
  READONLY_KEY: "oclaw_live_read_only_key",
  WEBHOOK_SECRET: "whsec_of_the_test",
  OPENAI_API_KEY: "sk-SENTINEL-openai",
  ANTHROPIC_API_KEY: "sk-SENTINEL-anthropic",
  TELEGRAM_BOT_TOKEN: "1:SENTINEL-telegram",
};

const loadFixture = (name: string) => load(fixture(name), { name, env });

describe("each document's settings load as they stand there", () => {
  it.each(readdirSync(join(import.meta.dirname, "fixtures")))("%s", async (name) => {
    await expect(loadFixture(name)).resolves.toMatchObject({ source: { file: expect.stringContaining(name) as string } });
  });
});

describe("agents edition", () => {
  it("folds gateway.*", async () => {
    const { settings, warnings } = await loadFixture("agents-gateway.json5");
    expect(settings.http).toMatchObject({
      host: "0.0.0.0",
      port: 3000,
      apiEnabled: true,
      cors: { origins: ["https://your-app.com"], methods: ["GET", "POST", "PUT", "DELETE"] },
    });
    expect(settings.auth.keys).toEqual([
      expect.objectContaining({ token: "sk-openclaw-xxxxxxxxxxxx", label: "API key 1", edition: "agents", scopes: null, permissions: null, workspaces: "*" }),
      expect.objectContaining({ token: "sk-openclaw-yyyyyyyyyyyy", label: "API key 2" }),
    ]);
    expect(warnings).toEqual([expect.stringContaining("/gateway/apiKeys/0 is an example"), expect.stringContaining("/gateway/apiKeys/1 is an example")]);
  });

  it("folds its limits, for each key or for all together", async () => {
    const { settings } = await loadFixture("agents-rate-limit.json5");
    expect(settings.limits).toEqual({
      global: null,
      perKey: { maxRequests: 60, windowMs: 60_000 },
      owner: { maxRequests: 600, windowMs: 60_000 },
      tokensPerDay: { global: null, perKey: 1_000_000 },
    });
    const together = await load({ gateway: { rateLimit: { maxRequestsPerMinute: 90, maxTokensPerDay: 5, perKey: false } } });
    expect(together.settings.limits).toMatchObject({ global: { maxRequests: 90 }, perKey: null, tokensPerDay: { global: 5, perKey: null } });
  });
});

describe("conversations edition", () => {
  it("folds its tokens", async () => {
    const { settings } = await loadFixture("conversations-auth.json5");
    expect(settings.http.port).toBe(18_789);
    expect(settings.auth.enabled).toBe(true);
    expect(settings.auth.keys).toEqual([
      {
        id: expect.stringMatching(/^key_[0-9a-f]{16}$/) as string,
        label: "my-web-app",
        token: "oc_tok_a1b2c3d4e5f6g7h8i9j0",
        place: "/api/auth/tokens/0/token",
        edition: "conversations",
        scopes: ["chat", "send", "read", "admin"],
        permissions: null,
        workspaces: "*",
        tools: null, denyTools: null,
        rateLimitPerMinute: 120,
        maxTokensPerDay: null,
        expiresAt: null,
      },
      expect.objectContaining({ label: "crm-integration", scopes: ["chat", "send"], rateLimitPerMinute: 30 }),
    ]);
  });

  it("folds its webhooks", async () => {
    const { settings } = await loadFixture("conversations-webhooks.json5");
    expect(settings.webhooks.endpoints).toEqual([
      {
        id: expect.stringMatching(/^hook_[0-9a-f]{16}$/) as string,
        edition: "conversations",
        url: "https://your-app.com/api/openclaw-callback",
        secret: "your-webhook-secret",
        events: ["message.received", "message.sent", "conversation.created", "channel.connected", "channel.disconnected"],
        maxAttempts: 3,
        backoffMs: 5000,
        timeoutMs: 5000,
        concurrency: 1,
      },
    ]);
  });

  it("folds its limits", async () => {
    const { settings } = await loadFixture("conversations-rate-limit.json5");
    expect(settings.limits).toMatchObject({ global: { maxRequests: 120, windowMs: 60_000 }, perKey: { maxRequests: 60, windowMs: 60_000 } });
  });

  it("folds api.security", async () => {
    const { settings } = await loadFixture("conversations-security.json5");
    expect(settings.http).toMatchObject({
      allowedIPs: ["10.0.0.0/8", "192.168.1.0/24"],
      cors: { origins: ["https://your-app.com"], methods: ["GET", "POST", "DELETE"] },
      maxBodyBytes: 1_048_576,
    });
  });
});

describe("workspaces edition", () => {
  it("folds api.*, and makes the workspaces that keys name", async () => {
    const { settings } = await loadFixture("workspaces-api.json");
    expect(settings.http).toMatchObject({ port: 3000, cors: { origins: ["https://your-dashboard.com"], methods: ["GET", "POST", "PATCH", "DELETE"] } });
    expect(settings.auth.keys).toEqual([
      expect.objectContaining({ label: "My Application", token: env.API_KEY_1, edition: "workspaces", workspaces: ["team", "admins"], rateLimitPerMinute: 100, scopes: null, permissions: null }),
    ]);
    expect(settings.workspaces.map(({ id }) => id)).toEqual(["default", "team", "admins"]);
  });

  it("folds a key with permissions; `*` is all workspaces", async () => {
    const { settings } = await loadFixture("workspaces-key.json");
    expect(settings.auth.keys).toEqual([expect.objectContaining({ workspaces: "*", permissions: ["stats:read", "sessions:read"], rateLimitPerMinute: 30 })]);
    expect(settings.workspaces.map(({ id }) => id)).toEqual(["default"]);
  });

  it.each([[{}, 30], [{ deadLetterRetentionDays: 3 }, 3], [{ deadLetterRetentionDays: null }, null]])("keeps dead letters for as long as %j says", async (webhooks, days) => {
    expect((await load(JSON.stringify({ webhooks }))).settings.webhooks.deadLetterRetentionDays).toBe(days);
  });

  it("folds its webhooks; retries come after the first attempt", async () => {
    const { settings } = await loadFixture("workspaces-webhooks.json");
    expect(settings.webhooks.endpoints).toMatchObject([{ edition: "workspaces", secret: "whsec_of_the_test", maxAttempts: 4, timeoutMs: 5000, url: "https://your-app.com/openclaw-events" }]);
  });
});

describe("operator edition", () => {
  it("takes the owner's token from the environment, once", async () => {
    const { settings } = await loadFixture("operator-gateway.yaml");
    expect(settings.auth).toEqual({ enabled: true, ownerTokens: [env.GATEWAY_AUTH_TOKEN], keys: [] });
  });

  it("is found at ~/.openclaw/gateway.yaml", async () => {
    const home = createTestHome();
    const file = home.write(".openclaw/gateway.yaml", fixture("operator-gateway.yaml"));
    const { source, settings } = await home.load({ env: { GATEWAY_AUTH_TOKEN: "an-owner's-token-1" } });
    expect(source.file).toBe(file);
    expect(settings.auth.ownerTokens).toEqual(["an-owner's-token-1"]);
  });
});

describe("plain edition", () => {
  it("sets the level of the log", async () => {
    const { settings } = await loadFixture("plain-logging.json");
    expect(settings.logging.level).toBe("debug");
  });
});

describe("all sections together", () => {
  it("folds each", async () => {
    const home = createTestHome();
    const file = home.write("etc/openclaw.json5", fixture("everything.json5"));
    const { settings, warnings } = await home.load({ argv: { config: file }, env });
    expect(warnings).toEqual([]);
    expect(settings.storage.url).toBe(`sqlite:${home.path}/.openclaw/openclaw.db`);
    expect(settings.models.default).toBe("openai/gpt-5-mini");
    expect(settings.models.providers).toEqual({
      openai: { type: "openai", baseUrl: "https://api.openai.com/v1", apiKey: env.OPENAI_API_KEY, models: [{ id: "gpt-5-mini", contextWindow: 400_000, price: { input: 0.25, output: 2 } }] },
      anthropic: { type: "anthropic", baseUrl: "https://api.anthropic.com", apiKey: env.ANTHROPIC_API_KEY, models: [], firstByteTimeoutMs: 30_000, idleTimeoutMs: 20_000, retries: 1 },
      local: { type: "openai", baseUrl: "http://user:SENTINEL-basic@127.0.0.1:11434/v1", models: [] },
    });
    expect(settings.auth.keys.map(({ label, maxTokensPerDay, expiresAt }) => ({ label, maxTokensPerDay, expiresAt }))).toEqual([
      { label: "API key 1", maxTokensPerDay: null, expiresAt: null },
      { label: "reader", maxTokensPerDay: 5000, expiresAt: Date.UTC(2027, 0, 31) },
      { label: "Key 1", maxTokensPerDay: null, expiresAt: Date.UTC(2027, 0, 31, 10) },
    ]);
    expect(settings.workspaces).toEqual([
      { id: "default", label: "Default", agent: null, skills: [], allowlist: [] },
      { id: "team", label: "Team", agent: "main", skills: [], allowlist: ["telegram:123456789"] },
      { id: "support", label: "support", agent: null, skills: [], allowlist: [] },
    ]);
    expect(settings.channels).toMatchObject({
      telegram: { enabled: true, botToken: env.TELEGRAM_BOT_TOKEN, workspace: "team" },
      discord: { enabled: false, botToken: "", apiRoot: "https://discord.com/api", workspace: "default" },
      slack: { enabled: true, appToken: "xapp-SENTINEL" },
      whatsapp: { phoneNumberId: "1001" },
    });
    expect(settings.tools.roots).toEqual([`${home.path}/.openclaw/workspace`, `${home.path}/etc/shared`]);
    expect(settings.mcp.servers["docs"]).toEqual({ enabled: true, transport: "http", url: "https://example.com/mcp", headers: { Authorization: "Bearer SENTINEL-header" } });
    expect(settings.cron.jobs).toMatchObject([{ id: "standup", agent: "main", enabled: true, deliver: { channel: "slack", to: "#standup" } }]);
    expect(settings.webhooks.endpoints.map(({ edition, maxAttempts, concurrency }) => [edition, maxAttempts, concurrency])).toEqual([
      ["conversations", 3, 4],
      ["workspaces", 1, 32],
    ]);
    expect(settings.logging.file).toBe(`${home.path}/.openclaw/logs/gateway.log`);
  });
});
