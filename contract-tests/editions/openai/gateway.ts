import OpenAI from "openai";
import type { BackendKind } from "../support/backends.ts";
import { describeOnBackends, type DocumentedGateway, type SettingsFile } from "../support/documented-gateway.ts";

export const token = "sk-openclaw-for-openai-clients";
export const readOnlyToken = "oc_tok_may_only_read_0000";

/** The agents document points OpenAI's clients at the gateway with keys of its own; one key may read only. */
function openaiFile(modelsSection: string): SettingsFile {
  return {
    name: "openclaw.json5",
    text: `{
      gateway: { apiKeys: ["${token}"] },
      api: { auth: { enabled: true, tokens: [{ name: "reader", token: "${readOnlyToken}", scope: ["read"], rateLimit: 600 }] } },
      agents: { default: "main", list: [{ id: "main", name: "Main", tools: ["calculate"] }] },
      ${modelsSection}
    }`,
  };
}

/** The official client, pointed at a gateway. It must not hide a failure by trying again. */
export function connect({ url }: DocumentedGateway, apiKey = token): OpenAI {
  return new OpenAI({ baseURL: `${url}/api/v1/openai`, apiKey, maxRetries: 0, timeout: 15_000 });
}

export function describeWithOpenai(tests: (gateway: DocumentedGateway, kind: BackendKind) => void): void {
  describeOnBackends(openaiFile, tests);
}
