import { mkdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createTestHome, errorOf, faultsOf, load } from "./test-home.ts";

describe("the shape", () => {
  it("lists every fault in a message that is ready to be printed", async () => {
    const home = createTestHome();
    const file = home.write("bad.json5", "{ gateway: { prot: 1, port: '3000' }, loging: {}, api: { keys: [{}] } }");
    const error = await errorOf(home.load({ argv: { config: file } }));
    expect(error.exitCode).toBe(78);
    expect(error.file).toBe(file);
    expect(error.message.split("\n")).toEqual([
      `The settings in ${file} cannot be used:`,
      "  /loging is not a known key. Did you mean logging?",
      "  /gateway/prot is not a known key. Did you mean port?",
      "  /gateway/port must be a whole number from 0 to 65535, but is a string.",
      "  /api/keys/0/key is missing.",
    ]);
  });

  it.each([
    [{ gateway: { trusted_proxies: [] } }, "/gateway/trusted_proxies is not a known key. Did you mean trustedProxies?"],
    [{ storage: { path: "x" } }, "/storage/path is not a known key. The keys here are url."],
    [{ gateway: { port: 65_536 } }, "/gateway/port must be a whole number from 0 to 65535."],
    [{ gateway: { port: 80.5 } }, "/gateway/port must be a whole number from 0 to 65535, but is the number 80.5."],
    [{ gateway: { host: null } }, "/gateway/host must be a string, but is null."],
    [{ gateway: { auth: { token: 12_345 } } }, "/gateway/auth/token must be a string, but is a number (write it in quotes)."],
    [{ gateway: [] }, "/gateway must be an object, but is a list."],
    [[], " must be an object, but is a list."],
    [{ logging: { level: "verbos" } }, '/logging/level must be one of "trace", "debug", "info", "warn", "error", "fatal", "silent", but is "verbos".'],
    [{ logging: { level: "INFO" } }, '/logging/level must be one of "trace", "debug", "info", "warn", "error", "fatal", "silent", but is "INFO". Did you mean info?'],
    [{ api: { prefix: "/v2" } }, '/api/prefix must be "/api/v1", but is "/v2": the paths are part of the contract; a reverse proxy can serve the gateway under another one.'],
    [{ api: { authentication: "basic" } }, '/api/authentication must be "bearer", but is "basic": callers send `Authorization: Bearer <token>`; `api.auth.enabled: false` turns authentication off.'],
    [{ agents: { list: [{ id: "a b" }] } }, "/agents/list/0/id must be an id of 1 to 128 letters, digits, `.`, `_`, `:`, `@` or `-`."],
    [{ api: { keys: [{ key: "long-enough-for-a-key", workspaces: [] }] } }, "/api/keys/0/workspaces must have at least one item."],
    [{ models: { providers: { x: { type: "gemini" } } } }, '/models/providers/x/type must be one of "openai", "anthropic", but is "gemini".'],
    [{ memory: { retentionDays: 0 } }, "/memory/retentionDays must be a whole number or null of at least 1."],
    [{ memory: { embeddings: { model: "small" } } }, "/memory/embeddings/model must begin with a provider of the type openai and a slash (there is no such provider in models.providers)."],
    [{ models: { providers: { local: { type: "openai" }, claude: { type: "anthropic" } } }, memory: { embeddings: { model: "claude/small" } } }, "/memory/embeddings/model must begin with a provider of the type openai and a slash (local/…)."],
  ])("%j", async (file, fault) => {
    expect(await faultsOf(load(file))).toEqual([fault]);
  });

  it("never shows a secret", async () => {
    const error = await errorOf(load({ gateway: { apiKeys: ["top secret"], auth: { token: "also\nsecret" } }, storage: { url: "mysql://u:hidden@h/d" } }));
    expect(error.faults).toHaveLength(3);
    expect(error.message).not.toMatch(/top|also|hidden/);
  });

  it.each(["__proto__", "constructor", "prototype"])("refuses %s as a key", async (key) => {
    const expected = [`/models/providers/${key} is not allowed as a key.`];
    expect(await faultsOf(load(`{ models: { providers: { "${key}": { type: "openai" } } } }`))).toEqual(expected);
    expect(await faultsOf(load(`models:\n  providers:\n    ${key}: { type: openai }\n`, { name: "a.yaml" }))).toEqual(expected);
    expect({}).not.toHaveProperty("type");
  });
});

describe("variables", () => {
  it("says which is missing, and where", async () => {
    expect(await faultsOf(load({ api: { keys: [{ key: "${API_KEY_1}" }] }, gateway: { host: "${HOST_NAME}" } }))).toEqual([
      "/api/keys/0/key needs the environment variable API_KEY_1, which is not set.",
      "/gateway/host needs the environment variable HOST_NAME, which is not set.",
    ]);
  });

  it("does not take what is no name", async () => {
    expect(await faultsOf(load({ gateway: { host: "${A:-b}" } }))).toEqual(["/gateway/host has ${…} around what is no variable's name. Write $${ for a plain ${."]);
  });
});

describe("the file", () => {
  it.each([
    ["a.json5", "{\n  gateway: {\n    port: 30 00\n", "line 3, column 14: invalid character '0'."],
    ["a.json", "{", "The file is not valid JSON5: line 1, column 2: invalid end of input."],
    ["a.yaml", "gateway:\n  port: 1\n  port: 2\n", "line 3, column 3: Map keys must be unique."],
    ["a.yml", "gateway: [1\n", "The file is not valid YAML: line 2, column 1"],
    ["a.json5", " \n", "The file is empty. Write {} into it to take all defaults."],
    ["a.yaml", "# nothing yet\n", "The file has no settings in it."],
    ["a.json", "x".repeat(1_048_577), "larger than 1 MB"],
    ["a.json", Uint8Array.of(0xff, 0xfe, 0x7b), "not UTF-8"],
    ["a.yaml", `a: &a [x,x,x,x,x,x,x,x,x]\n${"bcdefghi".split("").map((name, index) => `${name}: &${name} [${Array(9).fill(`*${"abcdefgh"[index]}`).join(",")}]`).join("\n")}`, "The file is not valid YAML: Excessive alias count"],
  ])("%s with %j", async (name, content, message) => {
    expect((await errorOf(load(content, { name }))).message).toContain(message);
  });

  it("must be there when it is named", async () => {
    const home = createTestHome();
    mkdirSync(`${home.path}/folder`);
    expect((await errorOf(home.load({ argv: { config: `${home.path}/no.json` } }))).message).toBe(`The settings in ${home.path}/no.json cannot be used:\n  There is no such file.`);
    expect((await errorOf(home.load({ env: { OPENCLAW_CONFIG_PATH: `${home.path}/no.json` } }))).message).toContain("There is no such file.");
    expect((await errorOf(home.load({ argv: { config: `${home.path}/folder` } }))).message).toContain("This is a folder.");
  });

  it("may begin with a byte order mark", async () => {
    expect((await load("\uFEFF{ logging: { level: 'warn' } }")).settings.logging.level).toBe("warn");
  });
});

describe("what a schema cannot say", () => {
  const token = "long-enough-for-a-token";

  it.each([
    [{ agents: { default: "x", list: [{ id: "a" }, { id: "a" }] } }, ["/agents/list/1/id is the same as /agents/list/0/id.", "/agents/default must be one of the agents (a, a)."]],
    [{ workspaces: [{ id: "w", agent: "x" }, { id: "w" }] }, ["/workspaces/0/agent must be one of the agents (main).", "/workspaces/1/id is the id of another workspace of the list."]],
    [{ gateway: { apiKeys: [token, token] } }, ["/gateway/apiKeys/1 is the same token as /gateway/apiKeys/0. Each key needs one of its own."]],
    [{ gateway: { auth: { token } }, api: { keys: [{ key: token }] } }, ["/api/keys/0/key is the same token as /gateway/auth/token. Each key needs one of its own."]],
    [{ gateway: { apiKeys: [""] } }, ["/gateway/apiKeys/0 must not be empty."]],
    [{ api: { auth: { tokens: [{ name: "a", token, expiresAt: "2027-02-30" }] } } }, ["/api/auth/tokens/0/expiresAt must be a date such as 2027-01-31, or a date and time such as 2027-01-31T12:00:00Z."]],
    [{ api: { security: { allowedIPs: ["10.0.0.0/33"], maxBodySize: "lots" } } }, [
      '/api/security/maxBodySize must be a size from 1 byte to 1GB, such as "512KB" or "1MB", or a number of bytes.',
      "/api/security/allowedIPs/0 must be an IP address or a network such as 10.0.0.0/8.",
    ]],
    [{ gateway: { allowedHosts: ["https://a.com", "a.com:443", "a.com/x", "*.a.com", "a b", ""] } }, [0, 1, 2, 3, 4, 5].map((at) => `/gateway/allowedHosts/${at} must be a host name such as gateway.example.com, without scheme, port or path.`)],
    [{ api: { cors: { origins: ["https://a.com/path"] } } }, ["/api/cors/origins/0 must be an origin such as https://your-app.com, without a path, or *."]],
    [{ models: { providers: { "a/b": { type: "openai", baseUrl: "ftp://x", apiKey: "" } } } }, [
      "/models/providers/a~1b must have a name of 1 to 64 letters, digits, `.`, `_` or `-`.",
      "/models/providers/a~1b/baseUrl must be a URL that begins with http:// or https://.",
      "/models/providers/a~1b/apiKey must not be empty. Leave it out where the provider needs none.",
    ]],
    [{ channels: { slack: { botToken: "x" } } }, ["/channels/slack/appToken must be set while the channel is enabled; `enabled: false` turns it off."]],
    [{ channels: { telegram: { botToken: "x", webhook: { url: "gateway.example.com", secret: "two words" } } } }, [
      "/channels/telegram/webhook/url must be a URL that begins with http:// or https://.",
      "/channels/telegram/webhook/secret must be 1 to 256 letters, digits, `_` or `-`.",
    ]],
    [{ mcp: { servers: { a: {}, b: { url: "http://x", args: [] } } } }, [
      "/mcp/servers/a must have either `command`, a program to start, or `url`, where it is over HTTP.",
      "/mcp/servers/b/args goes with `command`, not with `url`.",
    ]],
    [{ cron: { jobs: [{ id: "a", schedule: "daily", agent: "x", message: "m" }, { id: "a", schedule: "0 9 * * *", timezone: "Mars/Base", message: "m" }, { id: "x".repeat(101), schedule: "0 0 30 2 *", message: "m" }] } }, [
      "/cron/jobs/0/agent must be one of the agents (main).",
      "/cron/jobs/0/schedule must have five fields (minute, hour, day, month, day of week), or six with seconds before them.",
      "/cron/jobs/1/id is the id of another job of the list.",
      "/cron/jobs/1/timezone must be a time zone's IANA name, such as Europe/Berlin.",
      "/cron/jobs/2/id must have 100 characters at the most.",
      "/cron/jobs/2/schedule never fires: there is no such day.",
    ]],
    [{ cron: { jobs: [{ id: "a", message: "m" }, { id: "b", everyMs: 1000, at: "soon", message: "m" }, { id: "c", everyMs: 1000, timezone: "UTC", message: "m" }] } }, [
      "/cron/jobs/0/schedule is required, or `at`, or `everyMs`.",
      "/cron/jobs/1/at must be a date and time such as 2027-01-31T12:00:00Z.",
      "/cron/jobs/1/everyMs cannot be there as well: one of `schedule`, `at` and `everyMs` says when.",
      "/cron/jobs/2/timezone goes with `schedule`.",
    ]],
    [{ cron: { jobs: [{}, { channel: "slack" }, { to: "#team" }, { webhook: "x", to: "#team" }, { webhook: "x", channel: "slack", to: "#team" }].map((deliver, id) => ({ id: `${id}`, everyMs: 1000, message: "m", deliver })) } }, [
      "/cron/jobs/0/deliver must have either `channel` and `to`, or `webhook`.",
      "/cron/jobs/1/deliver/to is required.",
      "/cron/jobs/2/deliver must have either `channel` and `to`, or `webhook`.",
      "/cron/jobs/3/deliver/to goes with `channel`, not with `webhook`.",
      "/cron/jobs/3/deliver/webhook must be one of the webhooks of these settings, which have none.",
      "/cron/jobs/4/deliver must have either `channel` and `to`, or `webhook`.",
      "/cron/jobs/4/deliver/to goes with `channel`, not with `webhook`.",
      "/cron/jobs/4/deliver/webhook must be one of the webhooks of these settings, which have none.",
    ]],
    [{ webhooks: { outbound: [{ url: "hook", secret: "", events: ["*"] }] } }, [
      "/webhooks/outbound/0/url must be a URL that begins with http:// or https://.",
      "/webhooks/outbound/0/secret must not be empty.",
    ]],
    [{ storage: { url: "openclaw.db" }, redis: { url: "http://x" } }, [
      "/redis/url must begin with redis:// or rediss://, or be null.",
      "/storage/url must begin with sqlite:, such as sqlite:~/.openclaw/openclaw.db, or with postgres://.",
    ]],
  ])("%j", async (file, faults) => {
    expect(await faultsOf(load(file))).toEqual(faults);
  });
});
