import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import json5 from "json5";
import { describe, expect, test } from "vitest";
import { parse as parseYaml } from "yaml";
import { loadSettings } from "../../server/settings/load-settings.ts";
import type { Settings } from "../../server/settings/settings.ts";
import { startTestGateway } from "../harness/gateway.ts";
import { startWithFile } from "./support/documented-gateway.ts";

interface Block {
  name: string;
  file?: string;
  text: string;
  env?: Record<string, string>;
  means: (settings: Settings) => unknown;
  expected: unknown;
  /** The tokens that it has, with the requests that each may send in a minute. */
  keys?: Record<string, number>;
  /** What this very machine is answered when it has a good token; 200 where nothing is said. */
  status?: number;
}

/** Beside the settings, for blocks that have no token. */
const ownerToken = "a-token-that-no-settings-take-away";

/** Each block of settings that a document shows, in its syntax, and some of what it must come to. */
const blocks: Block[] = [
  {
    name: "agents: the gateway on all addresses, with keys and CORS",
    text: `{
      gateway: {
        // everywhere
        port: 3000, host: "0.0.0.0", apiEnabled: true,
        apiKeys: ["sk-openclaw-000000000001"],
        cors: { origins: ["https://app.example"], methods: ["GET", "POST", "PUT", "DELETE"] }
      }
    }`,
    means: ({ http, auth }) => [http.host, http.port, http.apiEnabled, http.cors, auth.keys.map(({ edition }) => edition)],
    expected: ["0.0.0.0", 3000, true, { origins: ["https://app.example"], methods: ["GET", "POST", "PUT", "DELETE"] }, ["agents"]],
    keys: { "sk-openclaw-000000000001": 60 },
  },
  {
    name: "agents: rate limits",
    text: "{ gateway: { rateLimit: { maxRequestsPerMinute: 60, maxTokensPerDay: 1000000, perKey: true } } }",
    means: ({ limits }) => [limits.perKey?.maxRequests, limits.tokensPerDay.perKey],
    expected: [60, 1_000_000],
  },
  {
    name: "conversations: tokens with scopes",
    text: `{ "api": { "enabled": true, "port": 18789, "auth": { "enabled": true, "tokens": [
      { "name": "web", "token": "oc_tok_web0000000000000000", "scope": ["chat", "send", "read", "admin"], "rateLimit": 120 }, // RPM
      { "name": "crm", "token": "oc_tok_crm0000000000000000", "scope": ["chat", "send"], "rateLimit": 30 }
    ] } } }`,
    means: ({ http, auth }) => [http.port, auth.keys.map(({ label, scopes, rateLimitPerMinute }) => ({ label, scopes, rateLimitPerMinute }))],
    expected: [
      18_789,
      [
        { label: "web", scopes: ["chat", "send", "read", "admin"], rateLimitPerMinute: 120 },
        { label: "crm", scopes: ["chat", "send"], rateLimitPerMinute: 30 },
      ],
    ],
    keys: { oc_tok_web0000000000000000: 120, oc_tok_crm0000000000000000: 30 },
  },
  {
    name: "conversations: outgoing webhooks",
    text: `{ "api": { "webhooks": { "outgoing": [{
      "url": "https://app.example/callback", "secret": "a-secret",
      "events": ["message.received", "message.sent", "conversation.created", "channel.connected", "channel.disconnected"],
      "retry": { "maxAttempts": 3, "backoffMs": 5000 }
    }] } } }`,
    means: ({ webhooks }) => webhooks.endpoints.map(({ edition, events, maxAttempts, backoffMs }) => [edition, events.length, maxAttempts, backoffMs]),
    expected: [["conversations", 5, 3, 5000]],
  },
  {
    name: "conversations: rate limits",
    text: `{ "api": { "rateLimit": { "global": { "windowMs": 60000, "maxRequests": 120 }, "perToken": { "windowMs": 60000, "maxRequests": 60 } } } }`,
    means: ({ limits }) => [limits.global, limits.perKey],
    expected: [
      { maxRequests: 120, windowMs: 60_000 },
      { maxRequests: 60, windowMs: 60_000 },
    ],
  },
  {
    name: "conversations: security",
    text: `{ "api": { "security": {
      "allowedIPs": ["10.0.0.0/8", "192.168.1.0/24"],
      "cors": { "enabled": true, "origins": ["https://app.example"], "methods": ["GET", "POST", "DELETE"] },
      "maxBodySize": "1MB"
    } } }`,
    means: ({ http }) => [http.allowedIPs, http.cors?.origins, http.maxBodyBytes],
    expected: [["10.0.0.0/8", "192.168.1.0/24"], ["https://app.example"], 1024 * 1024],
    status: 403,
  },
  {
    name: "workspaces: keys from the environment",
    env: { API_KEY_1: "oclaw_live_app00000000000000" },
    text: `{ "api": { "enabled": true, "port": 3000, "prefix": "/api/v1", "authentication": "bearer",
      "cors": { "origins": ["https://dashboard.example"], "methods": ["GET", "POST", "PATCH", "DELETE"] },
      "keys": [{ "key": "\${API_KEY_1}", "label": "My app", "workspaces": ["team", "admins"], "rateLimit": 100 }]
    } }`,
    means: ({ auth, workspaces }) => [auth.keys.map(({ token, label, workspaces: bounds }) => ({ token, label, bounds })), workspaces.map(({ id }) => id)],
    // The document's requests name workspaces that its settings have only in the key.
    expected: [[{ token: "oclaw_live_app00000000000000", label: "My app", bounds: ["team", "admins"] }], expect.arrayContaining(["team", "admins"])],
    keys: { oclaw_live_app00000000000000: 100 },
  },
  {
    name: "workspaces: a key with permissions",
    env: { READONLY_KEY: "oclaw_live_read0000000000000" },
    text: `{ "api": { "keys": [{ "key": "\${READONLY_KEY}", "label": "Analytics", "workspaces": ["*"], "permissions": ["stats:read", "sessions:read"], "rateLimit": 30 }] } }`,
    means: ({ auth }) => auth.keys.map(({ workspaces, permissions }) => ({ workspaces, permissions })),
    expected: [{ workspaces: "*", permissions: ["stats:read", "sessions:read"] }],
    keys: { oclaw_live_read0000000000000: 30 },
  },
  {
    name: "workspaces: outbound webhooks",
    env: { WEBHOOK_SECRET: "a-secret" },
    text: `{ "webhooks": { "outbound": [{
      "url": "https://app.example/events", "secret": "\${WEBHOOK_SECRET}",
      "events": ["message.received", "message.sent", "session.started", "session.ended", "error.agent", "channel.disconnected"],
      "retries": 3, "timeoutMs": 5000
    }] } }`,
    means: ({ webhooks }) => webhooks.endpoints.map(({ edition, secret, events, timeoutMs }) => [edition, secret, events.length, timeoutMs]),
    expected: [["workspaces", "a-secret", 6, 5000]],
  },
  {
    name: "operator: one token, in YAML",
    file: "gateway.yaml",
    env: { GATEWAY_AUTH_TOKEN: "a-gateway-token-of-the-operator" },
    text: 'gateway:\n  auth:\n    enabled: true\n    token: "${GATEWAY_AUTH_TOKEN}"\n',
    means: ({ auth, http }) => [auth.enabled, auth.ownerTokens, http.host, http.port],
    expected: [true, ["a-gateway-token-of-the-operator"], "127.0.0.1", 18_789],
  },
  {
    name: "plain: the log's level",
    text: '{ "logging": { "level": "debug" } }',
    means: ({ logging }) => logging.level,
    expected: "debug",
  },
];

describe("the documents' settings are read as they stand", () => {
  test.each(blocks)("$name", async ({ file = "openclaw.json5", text, env = {}, means, expected }) => {
    const folder = await mkdtemp(join(tmpdir(), "openclaw-settings-"));
    try {
      const config = join(folder, file);
      await writeFile(config, text);
      const { settings, warnings } = await loadSettings({ argv: { config }, env, homeDir: folder });
      expect(means(settings)).toEqual(expected);
      expect(warnings).toEqual([]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe("the documents' settings start a gateway that their keys open", () => {
  test.each(blocks)("$name", async ({ file: name = "openclaw.json5", text, env = {}, keys = {}, status = 200 }) => {
    const { GATEWAY_AUTH_TOKEN: owner = ownerToken } = env;
    const { url, close } = await startWithFile({ name, text, env: { GATEWAY_AUTH_TOKEN: owner, ...env } });
    try {
      const ask = (token: string) => fetch(`${url}/api/v1/keys/self`, { headers: { Authorization: `Bearer ${token}` } });
      expect((await ask(owner)).status).toBe(status);
      expect((await ask("a-token-of-nobody")).status).toBe(status === 200 ? 401 : status);
      const limits: Record<string, number> = {};
      for (const token of Object.keys(keys)) limits[token] = Number((await ask(token)).headers.get("X-RateLimit-Limit"));
      expect(limits).toEqual(keys);
    } finally {
      await close();
    }
  });
});

describe("the documents' settings are taken over HTTP as they stand, and given back", () => {
  test.each(blocks)("$name", async ({ file = "openclaw.json5", text, env = {} }) => {
    const { GATEWAY_AUTH_TOKEN: token = ownerToken } = env;
    const block: unknown = file.endsWith(".yaml") ? parseYaml(text) : json5.parse(text);
    const gateway = await startTestGateway({ env: { ...env, GATEWAY_AUTH_TOKEN: token } });
    try {
      // One block keeps this very machine out, which a gateway only does when it is told to twice.
      const answer = await gateway.call("/api/v1/config?force=true", { token, method: "PUT", json: block });
      expect([answer.status, await answer.json()]).toEqual([200, { config: withoutSecrets(block), restartRequired: expect.any(Array) as unknown, warnings: expect.any(Array) as unknown }]);
      expect(json5.parse(await readFile(join(gateway.stateDir, "settings.json"), "utf8"))).toEqual(block);
    } finally {
      await gateway.close();
    }
  });
});

/** The same with a matcher in the place of each secret in the clear. */
function withoutSecrets(value: unknown, name = ""): unknown {
  if (Array.isArray(value)) return value.map((inner) => withoutSecrets(inner, name));
  if (typeof value === "object" && value !== null) return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutSecrets(inner, key)]));
  const isSecret = ["token", "secret", "key", "apiKeys"].includes(name) && !String(value).startsWith("${");
  return isSecret ? aPlaceholder : value;
}

const aPlaceholder: unknown = expect.stringMatching(/^\[redacted:[0-9a-f]{12}\]$/);
