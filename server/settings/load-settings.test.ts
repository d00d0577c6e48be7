import { describe, expect, it } from "vitest";
import { createTestHome, errorOf, load } from "./test-home.ts";

describe("without a file", () => {
  it("has defaults for everything", async () => {
    const home = createTestHome();
    const { settings, source, warnings } = await home.load();
    const stateDir = `${home.path}/.openclaw`;
    expect(source.file).toBeNull();
    expect(warnings).toEqual([]);
    expect(settings).toEqual({
      stateDir,
      http: { host: "127.0.0.1", port: 18_789, apiEnabled: true, trustedProxies: [], allowedHosts: [], cors: null, maxBodyBytes: 1_048_576, allowedIPs: [] },
      auth: { enabled: true, ownerTokens: [], keys: [] },
      limits: { global: null, perKey: null, owner: { maxRequests: 600, windowMs: 60_000 }, tokensPerDay: { global: null, perKey: null } },
      storage: { url: `sqlite:${stateDir}/openclaw.db` },
      redis: { url: null },
      models: { default: null, providers: {} },
      agents: { default: "main", list: [{ id: "main", name: "Main", description: "", model: null, systemPrompt: "", tools: ["read", "calculate", "memory_search", "memory_save"], denyTools: [], skills: ["*"], maxSteps: 8, summarize: false }] },
      workspaces: [{ id: "default", label: "Default", agent: null, skills: [], allowlist: [] }],
      channels: { telegram: null, discord: null, slack: null, whatsapp: null },
      tools: { allow: ["*"], deny: [], ask: [], approvalTimeoutMs: 300_000, roots: [`${stateDir}/workspace`], timeoutMs: 30_000 },
      mcp: { servers: {} },
      skills: { roots: [`${stateDir}/skills`], installFrom: [], registry: null },
      network: { allowPrivate: [] },
      memory: { retentionDays: null, maxEntries: 100_000, recall: { enabled: true, maxTokens: 512 }, embeddings: null },
      events: { retentionDays: 7 },
      cron: { jobs: [] },
      webhooks: { endpoints: [], deadLetterRetentionDays: 30 },
      logging: { level: "info", file: `${stateDir}/logs/gateway.log`, maxFileBytes: 10_485_760, maxFiles: 5, auditRetentionDays: 90 },
    });
  });

  it("is frozen through and through", async () => {
    const { settings } = await createTestHome().load();
    expect(Object.isFrozen(settings)).toBe(true);
    expect(Object.isFrozen(settings.agents.list[0]?.tools)).toBe(true);
    expect(Object.isFrozen(settings.limits.owner)).toBe(true);
  });
});

describe("the place of the file", () => {
  const level = (name: string) => JSON.stringify({ logging: { level: name } });

  it("is looked for in order, and says what is not read", async () => {
    const home = createTestHome();
    const last = home.write(".config/openclaw/openclaw.json5", level("trace"));
    expect((await home.load()).source.file).toBe(last);
    const yaml = home.write(".openclaw/gateway.yaml", level("debug"));
    expect((await home.load()).source.file).toBe(yaml);
    const first = home.write(".openclaw/openclaw.json", level("warn"));
    const loaded = await home.load();
    expect(loaded.source.file).toBe(first);
    expect(loaded.settings.logging.level).toBe("warn");
    expect(loaded.warnings).toEqual([expect.stringContaining(yaml), expect.stringContaining(last)]);
    const state = home.write("state/openclaw.json5", level("error"));
    expect((await home.load({ env: { OPENCLAW_STATE_DIR: `${home.path}/state` } })).source.file).toBe(state);
    const fromEnv = home.write("env.json", level("fatal"));
    const env = { OPENCLAW_CONFIG_PATH: fromEnv, OPENCLAW_STATE_DIR: `${home.path}/state` };
    expect((await home.load({ env })).source.file).toBe(fromEnv);
    const option = home.write("option.yml", "logging: { level: silent }");
    expect((await home.load({ argv: { config: "~/option.yml" }, env })).source.file).toBe(option);
  });

  it("the state folder holds what the gateway keeps", async () => {
    const { settings } = await createTestHome().load({ env: { OPENCLAW_STATE_DIR: "/var/lib/openclaw" } });
    expect(settings).toMatchObject({ stateDir: "/var/lib/openclaw", storage: { url: "sqlite:/var/lib/openclaw/openclaw.db" }, tools: { roots: ["/var/lib/openclaw/workspace"] } });
  });
});

describe("the port", () => {
  const both = { gateway: { port: 1001 }, api: { port: 1002 } };
  const env = { OPENCLAW_GATEWAY_PORT: "1003", PORT: "1004" };
  const portOf = async (...options: Parameters<typeof load>) => (await load(...options)).settings.http.port;

  it("is the option's, the environment's, the file's, or 18789", async () => {
    expect(await portOf(both, { argv: { port: 0 }, env })).toBe(0);
    expect(await portOf(both, { env })).toBe(1003);
    expect(await portOf(both, { env: { PORT: "1004" } })).toBe(1004);
    expect(await portOf(both)).toBe(1001);
    expect(await portOf({ api: { port: 1002 } })).toBe(1002);
    expect(await portOf({}, { env: { PORT: "" } })).toBe(18_789);
  });

  it("warns of two that differ, and refuses what is none", async () => {
    expect((await load(both)).warnings).toEqual([expect.stringContaining("gateway.port (1001) and api.port (1002) differ")]);
    expect((await errorOf(load({}, { env: { PORT: "70000" } }))).message).toContain("$PORT in the environment must be a port");
  });

  it("has a host by option or file", async () => {
    const file = { gateway: { host: "0.0.0.0" } };
    expect((await load(file)).settings.http.host).toBe("0.0.0.0");
    expect((await load(file, { argv: { host: "::1" } })).settings.http.host).toBe("::1");
    expect((await errorOf(load(file, { argv: { host: "" } }))).message).toContain("--host must be an address");
  });
});

describe("providers from the environment", () => {
  const modelsOf = async (env: NodeJS.ProcessEnv, file: object = {}) => (await load(file, { env })).settings.models;

  it("OpenAI's key", async () => {
    expect(await modelsOf({ OPENAI_API_KEY: "sk-1" })).toEqual({
      default: "openai/gpt-5-mini",
      providers: { openai: { type: "openai", baseUrl: "https://api.openai.com/v1", apiKey: "sk-1", models: [] } },
    });
  });

  it("another server that speaks OpenAI's protocol, with or without a key", async () => {
    const openai = { type: "openai", baseUrl: "http://127.0.0.1:11434/v1", models: [] };
    expect(await modelsOf({ OPENAI_BASE_URL: openai.baseUrl })).toEqual({ default: null, providers: { openai } });
    expect(await modelsOf({ OPENAI_BASE_URL: openai.baseUrl, OPENAI_API_KEY: "k" })).toEqual({ default: null, providers: { openai: { ...openai, apiKey: "k" } } });
    expect((await errorOf(load({}, { env: { OPENAI_BASE_URL: "localhost:11434" } }))).message).toContain("$OPENAI_BASE_URL in the environment must be a URL");
  });

  it("Anthropic's key, alone or as the second", async () => {
    expect(await modelsOf({ ANTHROPIC_API_KEY: "a" })).toEqual({
      default: null,
      providers: { anthropic: { type: "anthropic", baseUrl: "https://api.anthropic.com", apiKey: "a", models: [] } },
    });
    const both = await modelsOf({ ANTHROPIC_API_KEY: "a", OPENAI_API_KEY: "o" });
    expect(Object.keys(both.providers)).toEqual(["openai", "anthropic"]);
    expect(both.default).toBe("openai/gpt-5-mini");
  });

  it("yields to providers in the file, but not to a default alone", async () => {
    const env = { OPENAI_API_KEY: "o" };
    expect((await modelsOf(env, { models: { providers: { local: { type: "openai", baseUrl: "http://127.0.0.1:1/v1" } } } })).providers).not.toHaveProperty("openai");
    expect((await modelsOf(env, { models: { providers: {} } })).providers).toEqual({});
    expect(await modelsOf(env, { models: { default: "openai/gpt-5" } })).toMatchObject({ default: "openai/gpt-5", providers: { openai: {} } });
    expect((await modelsOf({ OPENAI_API_KEY: "" })).providers).toEqual({});
  });
});

describe("variables", () => {
  it("are filled in after parsing, wherever a string is", async () => {
    const { settings } = await load(
      { agents: { list: [{ id: "main", systemPrompt: "You are ${NAME}, at $5 and $${NAME}." }] } },
      { env: { NAME: 'a "quoted" $& name' } },
    );
    expect(settings.agents.list[0]?.systemPrompt).toBe('You are a "quoted" $& name, at $5 and ${NAME}.');
  });

  it("may be missing in what is off, and leave nothing guessable there", async () => {
    const { settings } = await load({
      channels: { telegram: { enabled: false, botToken: "bot-${MISSING}", webhook: { url: "https://a.com", secret: "${MISSING}" } } },
      mcp: { servers: { a: { enabled: false, command: "x", env: { TOKEN: "${MISSING}" } } } },
      gateway: { auth: { enabled: false, token: "${MISSING}" } },
      api: { enabled: false, auth: { tokens: [{ name: "a", token: "${MISSING}" }] }, keys: [{ key: "${MISSING}" }] },
    });
    expect(settings.channels.telegram).toMatchObject({ enabled: false, botToken: "", webhook: { secret: "" } });
    expect(settings.auth).toEqual({ enabled: false, ownerTokens: [], keys: [] });
    expect(settings.http.apiEnabled).toBe(false);
  });
});

describe("authentication", () => {
  it("takes GATEWAY_AUTH_TOKEN besides the file's token", async () => {
    const { settings } = await load({ gateway: { auth: { token: "the-token-of-the-file" } } }, { env: { GATEWAY_AUTH_TOKEN: "the-token-of-the-environment\n" } });
    expect(settings.auth.ownerTokens).toEqual(["the-token-of-the-file", "the-token-of-the-environment"]);
  });

  it("may be off on loopback only", async () => {
    for (const host of ["127.0.0.1", "127.8.8.8", "localhost", "::1", "[::1]", "::ffff:127.0.0.1"]) {
      expect((await load({ gateway: { host, auth: { enabled: false } } })).settings.auth.enabled).toBe(false);
    }
    for (const host of ["0.0.0.0", "::", "192.168.1.5", "example.com", "127.0.0.1.example.com"]) {
      const error = await errorOf(load({ api: { auth: { enabled: false } } }, { argv: { host } }));
      expect(error.message).toContain(`/api/auth/enabled must not be false while the gateway listens on ${host}`);
    }
  });

  it("stays on when the two switches contradict each other", async () => {
    const { settings, warnings } = await load({ gateway: { auth: { enabled: true }, host: "0.0.0.0" }, api: { auth: { enabled: false } } });
    expect(settings.auth.enabled).toBe(true);
    expect(warnings).toEqual([expect.stringContaining("authentication stays on")]);
  });

  it("gives each key an id that is stable and does not hold its token", async () => {
    const file = { gateway: { apiKeys: ["sk-openclaw-one-of-the-keys", "sk-openclaw-other-of-keys"] } };
    const [one, other] = (await load(file)).settings.auth.keys;
    expect(one?.id).toBe((await load(file)).settings.auth.keys[0]?.id);
    expect(one?.id).not.toBe(other?.id);
    expect(one?.id).toMatch(/^key_[0-9a-f]{16}$/);
  });

  it("warns of a token that can be guessed", async () => {
    expect((await load({ gateway: { apiKeys: ["secret"] } })).warnings).toEqual([expect.stringContaining("/gateway/apiKeys/0 is short enough to be guessed")]);
  });
});

describe("CORS", () => {
  it("joins the three places, leaves out what is off, and takes origins as browsers send them", async () => {
    const { settings } = await load({
      gateway: { cors: { origins: ["https://A.example.com/"], methods: ["GET"] } },
      api: { cors: { origins: ["http://localhost:5173"], methods: ["POST"] }, security: { cors: { enabled: false, origins: ["https://off.example.com"] } } },
    });
    expect(settings.http.cors).toEqual({ origins: ["https://a.example.com", "http://localhost:5173"], methods: ["GET", "POST"] });
    expect((await load({ api: { security: { cors: { enabled: true } } } })).settings.http.cors).toBeNull();
  });
});

describe("sizes", () => {
  it.each([
    ["1MB", 1_048_576],
    ["512 kb", 524_288],
    ["1.5MiB", 1_572_864],
    ["2048", 2048],
    [4096, 4096],
  ])("%s", async (maxBodySize, bytes) => {
    expect((await load({ api: { security: { maxBodySize } } })).settings.http.maxBodyBytes).toBe(bytes);
  });
});
