import { OpenClaw, OpenClawError } from "@openclaw/api-client";
import { describe, expect, test } from "vitest";
import { describeOnBackends, type SettingsFile } from "../support/documented-gateway.ts";
import { appKey, workspacesFile } from "./settings-file.ts";

/** The document's settings with one more key, that may send once in a second: nobody wants to wait a minute. */
const briefKey = "oclaw_live_brief000000000000";
function limitedFile(modelsSection: string): SettingsFile {
  const { text, ...file } = workspacesFile(modelsSection);
  return { ...file, text: text.replace('"keys": [', `"rateLimit": { "perToken": { "windowMs": 1000, "maxRequests": 1 } }, "keys": [{ "key": "${briefKey}", "label": "Brief" }, `) };
}

describe("the workspaces document's limits", () => {
  describeOnBackends(limitedFile, (gateway) => {
    test("each answer says how the key stands", async () => {
      const headers = { Authorization: `Bearer ${appKey}` };
      const stands = async () => (await fetch(`${gateway.url}/api/v1/sessions`, { headers })).headers;
      const [first, second] = [await stands(), await stands()];
      expect([first.get("X-RateLimit-Limit"), second.get("X-RateLimit-Limit")]).toEqual(["600", "600"]);
      expect(Number(first.get("X-RateLimit-Remaining")) - Number(second.get("X-RateLimit-Remaining"))).toBe(1);
      expect(Number(second.get("X-RateLimit-Reset")) * 1000).toBeGreaterThan(Date.now());
    });

    test("the client that waits until the reset gets in", async () => {
      // By itself the client would wait so short a time.
      const client = new OpenClaw({ baseUrl: gateway.url, apiKey: briefKey, maxRetries: 0 });
      const send = () => client.messages.send({ userId: "api-user", message: "Hello" });
      await send();
      let resetAt: Date | undefined;
      try {
        await send();
      } catch (error) {
        if (!(error instanceof OpenClawError) || error.status !== 429) throw error;
        resetAt = new Date(Number(error.headers["x-ratelimit-reset"]) * 1000);
      }
      expect(resetAt?.getTime()).toBeLessThan(Date.now() + 2100);
      await new Promise((resolve) => setTimeout(resolve, resetAt!.getTime() - Date.now()));
      expect((await send()).response).toContain("You said: Hello");
    });
  });
});
