import { parse } from "json5";
import { describe, expect, it } from "vitest";
import { redact, redacted } from "./redact.ts";
import { fixture, load } from "./test-home.ts";

const env = { OPENAI_API_KEY: "sk-SENTINEL-openai", ANTHROPIC_API_KEY: "sk-SENTINEL-anthropic", TELEGRAM_BOT_TOKEN: "1:SENTINEL", GATEWAY_AUTH_TOKEN: "SENTINEL-of-the-environment" };

describe("redact", () => {
  it("lets no secret of the file through, and keeps the rest", () => {
    const file = parse<Record<string, unknown>>(fixture("everything.json5"));
    const result = redact(file) as Record<string, unknown>;
    expect(JSON.stringify(result)).not.toContain("SENTINEL");
    expect(result["agents"]).toEqual(file["agents"]);
    expect(result["gateway"]).toMatchObject({ port: 18_789, apiKeys: [redacted], auth: { token: redacted } });
    expect(result["redis"]).toEqual({ url: `redis://:${redacted}@127.0.0.1:6379/0` });
    expect(result["mcp"]).toMatchObject({ servers: { github: { command: "npx", env: { GITHUB_TOKEN: redacted } }, docs: { url: "https://example.com/mcp" } } });
    expect(result["models"]).toMatchObject({ providers: { openai: { apiKey: "${OPENAI_API_KEY}" }, local: { baseUrl: `http://user:${redacted}@127.0.0.1:11434/v1` } } });
    expect(JSON.stringify(file)).toContain("SENTINEL");
  });

  it("lets no secret of the folded settings through", async () => {
    const { settings } = await load(fixture("everything.json5"), { env });
    expect(JSON.stringify(settings).match(/SENTINEL/g)?.length).toBeGreaterThan(15);
    expect(JSON.stringify(redact(settings))).not.toContain("SENTINEL");
  });

  it("shows that nothing is set", () => {
    expect(redact({ token: "", apiKey: null, url: null, keys: [] })).toEqual({ token: "", apiKey: null, url: null, keys: [] });
  });

  it("covers a secret of any type", () => {
    expect(redact({ token: 12_345, apiKey: { nested: ["x", 1] } })).toEqual({ token: redacted, apiKey: { nested: [redacted, redacted] } });
  });
});
