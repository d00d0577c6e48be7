import type { SettingsFile } from "../support/documented-gateway.ts";

export const token = "sk-openclaw-000000000001";
export const otherToken = "sk-openclaw-000000000002";

/** The agents document's settings: JSON5, keys as plain strings under `gateway.apiKeys`. Its port and address are overridden. */
export function agentsFile(modelsSection: string): SettingsFile {
  return {
    name: "openclaw.json5",
    text: `{
      gateway: {
        // JSON5: comments, bare names, trailing commas
        port: 3000,
        host: "127.0.0.1",
        apiEnabled: true,
        apiKeys: ["${token}", "${otherToken}",],
        cors: { origins: ["https://app.example"], methods: ["GET", "POST", "PUT", "DELETE"] },
        rateLimit: { maxRequestsPerMinute: 600, maxTokensPerDay: 1000000, perKey: true },
      },
      // The document's requests name an agent that its settings do not have.
      agents: { default: "my-agent", list: [{ id: "my-agent", name: "My agent", tools: ["calculate"] }] },
      ${modelsSection}
    }`,
  };
}
