import type { SettingsFile } from "../support/documented-gateway.ts";

export const token = "a-gateway-token-of-the-plain-edition";
export const sendOnlyToken = "oc_tok_send_only_0000000000";

/** The plain document shows no settings of its own for the token: it is the gateway's. Two more keys make refusals possible. `root` is where `read` may read. */
export function plainFile(modelsSection: string, root?: string): SettingsFile {
  return {
    name: "openclaw.json5",
    text: `{
      gateway: { auth: { enabled: true, token: "${token}" } },
      api: { auth: { enabled: true, tokens: [{ name: "sender", token: "${sendOnlyToken}", scope: ["send"] }] } },
      ${root === undefined ? "" : `tools: { roots: [${JSON.stringify(root)}] },`}
      cron: { jobs: [{ id: "new-year", schedule: "0 0 1 1 *", agent: "main", message: "Happy new year" }] },
      ${modelsSection}
    }`,
  };
}
