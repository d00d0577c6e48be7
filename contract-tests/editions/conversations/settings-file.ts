import type { SettingsFile } from "../support/documented-gateway.ts";

/** A token with all the scopes, as the document's web application has it. */
export const appToken = "oc_tok_web0000000000000000";

/** A token that may chat and send only, as the document's CRM has it. */
export const crmToken = "oc_tok_crm0000000000000000";

/** The conversations document's settings: quoted names, tokens with scopes under `api.auth.tokens`. */
export function conversationsFile(modelsSection: string): SettingsFile {
  return {
    name: "openclaw.json5",
    text: `{
      "api": {
        "enabled": true,
        "port": 18789,
        "auth": {
          "enabled": true,
          "tokens": [
            { "name": "web", "token": "${appToken}", "scope": ["chat", "send", "read", "admin"], "rateLimit": 600 }, // RPM
            { "name": "crm", "token": "${crmToken}", "scope": ["chat", "send"], "rateLimit": 600 }
          ]
        }
      },
      ${modelsSection}
    }`,
  };
}
