import type { SettingsFile } from "../support/documented-gateway.ts";

export const appKey = "oclaw_live_app00000000000000";
export const anywhereKey = "oclaw_live_any00000000000000";
export const readOnlyKey = "oclaw_live_read0000000000000";

/** The workspaces document's settings: keys under `api.keys`, their secrets from the environment. */
export function workspacesFile(modelsSection: string): SettingsFile {
  return {
    name: "openclaw.json",
    env: { API_KEY_1: appKey, ANYWHERE_KEY: anywhereKey, READONLY_KEY: readOnlyKey },
    text: `{
      "api": {
        "enabled": true,
        "port": 3000,
        "prefix": "/api/v1",
        "authentication": "bearer",
        "cors": { "origins": ["https://dashboard.example"], "methods": ["GET", "POST", "PATCH", "DELETE"] },
        "keys": [
          { "key": "\${API_KEY_1}", "label": "My app", "workspaces": ["team", "admins"], "rateLimit": 600 },
          { "key": "\${ANYWHERE_KEY}", "label": "Operations", "workspaces": ["*"], "rateLimit": 600 },
          { "key": "\${READONLY_KEY}", "label": "Analytics", "workspaces": ["*"], "permissions": ["stats:read", "sessions:read"], "rateLimit": 600 }
        ]
      },
      "agents": { "default": "main", "list": [{ "id": "main", "name": "Main", "tools": ["calculate"] }, { "id": "balanced" }] }
      ${modelsSection === "" ? "" : `, ${modelsSection}`}
    }`,
  };
}
