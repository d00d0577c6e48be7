import { describe, expect, test } from "vitest";
import { describeOnBackends, type SettingsFile } from "../support/documented-gateway.ts";
import { lacksPython } from "../support/programs.ts";
import { python } from "../support/python.ts";
import { conversationsFile } from "./settings-file.ts";

/** The document's limits, for a token that has none of its own; in a second instead of a minute, and one request instead of sixty. */
const briefToken = "oc_tok_brief000000000000000";
function limitedFile(modelsSection: string): SettingsFile {
  const { text, ...file } = conversationsFile(modelsSection);
  const limits = '"rateLimit": { "global": { "windowMs": 60000, "maxRequests": 120 }, "perToken": { "windowMs": 1000, "maxRequests": 1 } },';
  return { ...file, text: text.replace('"auth": {', `${limits} "auth": {`).replace('"tokens": [', `"tokens": [{ "name": "brief", "token": "${briefToken}", "scope": ["chat"] }, `) };
}

describe("the conversations document's limits", () => {
  describeOnBackends(limitedFile, (gateway) => {
    test.skipIf(lacksPython)("its retry loop waits as long as it is told, and is answered", async () => {
      const told = await python(new URL("client.py", import.meta.url), gateway.url, briefToken, "limited");
      expect(told).toEqual(["You said: First", { error: "rate_limit_exceeded", retryAfter: 1, header: 1 }, "You said: Second"]);
    });

    test("a 429 has the members that the document shows", async () => {
      const ask = () => fetch(`${gateway.url}/api/v1/models`, { headers: { Authorization: `Bearer ${briefToken}` } });
      await ask();
      const answer = await ask();
      expect(answer.status).toBe(429);
      expect(await answer.json()).toMatchObject({ error: "rate_limit_exceeded", message: expect.stringContaining("Too many requests"), retryAfter: 1 });
    });
  });
});
