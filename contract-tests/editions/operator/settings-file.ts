import type { SettingsFile } from "../support/documented-gateway.ts";

export const token = "a-gateway-token-of-the-operator";

/** The operator document's settings: YAML, one token from the environment. */
export function operatorFile(modelsSection: string): SettingsFile {
  return {
    name: "gateway.yaml",
    env: { GATEWAY_AUTH_TOKEN: token },
    text: `gateway:
  auth:
    enabled: true
    token: "\${GATEWAY_AUTH_TOKEN}"
${modelsSection}
`,
  };
}
