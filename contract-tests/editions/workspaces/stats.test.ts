import { OpenClaw } from "@openclaw/api-client";
import { describe, expect, test } from "vitest";
import { curl } from "../support/curl.ts";
import { describeOnBackends } from "../support/documented-gateway.ts";
import { lacksCurl } from "../support/programs.ts";
import { aNumber } from "../support/shapes.ts";
import { anywhereKey, readOnlyKey, workspacesFile } from "./settings-file.ts";

const april = { from: "2026-04-01", to: "2026-04-30" };
const documentedTotals = { messages: aNumber, tokensIn: aNumber, tokensOut: aNumber, costUSD: aNumber, avgLatencyMs: aNumber, uniqueUsers: aNumber };

describe("the workspaces document's statistics", () => {
  describeOnBackends(workspacesFile, (gateway) => {
    const get = (path: string) => curl("-s", `${gateway.url}${path}`, "-H", `Authorization: Bearer ${readOnlyKey}`);

    test.skipIf(lacksCurl)("overall, with the message that was just answered", async () => {
      await fetch(`${gateway.url}/api/v1/messages`, {
        method: "POST",
        headers: { Authorization: `Bearer ${anywhereKey}`, "Content-Type": "application/json" },
        body: JSON.stringify({ workspace: "team", userId: "telegram:123456789", message: "Summarize the day" }),
      });
      const answer = await get("/api/v1/stats");
      expect(answer.status).toBe(200);
      const { totals, byDay } = answer.json() as { totals: { messages: number; tokensOut: number }; byDay: { date: string; messages: number; tokensOut: number }[] };
      expect(totals).toMatchObject(documentedTotals);
      expect(totals.messages).toBeGreaterThan(0);
      expect(byDay).toHaveLength(30);
      expect(byDay.at(-1)).toMatchObject({ date: new Date().toISOString().slice(0, 10), messages: totals.messages, tokensOut: totals.tokensOut });
    });

    test.skipIf(lacksCurl)("for a range of days, each of which is there", async () => {
      const answer = await get("/api/v1/stats?from=2026-04-01&to=2026-04-30");
      expect(answer.json()).toMatchObject({ period: april, totals: documentedTotals });
      const { byDay } = answer.json() as { byDay: { date: string }[] };
      expect(byDay).toHaveLength(30);
      expect(byDay.slice(0, 2)).toMatchObject([{ date: "2026-04-01", messages: aNumber, tokensOut: aNumber }, { date: "2026-04-02", messages: aNumber, tokensOut: aNumber }]);
    });

    test.skipIf(lacksCurl)("by workspace and by user", async () => {
      expect((await get("/api/v1/stats/workspaces")).json()).toMatchObject({ totals: documentedTotals, workspaces: [{ workspace: "team", messages: aNumber }] });
      expect((await get("/api/v1/stats/users?workspace=team&limit=20")).json()).toMatchObject({ totals: documentedTotals, users: [{ userId: "telegram:123456789", messages: aNumber }] });
    });

    test("through the document's client", async () => {
      const client = new OpenClaw({ baseUrl: gateway.url, apiKey: readOnlyKey });
      const stats = await client.stats.get(april);
      expect(stats.period).toEqual(april);
      expect(stats.totals.messages).toBe(0);
    });
  });
});
