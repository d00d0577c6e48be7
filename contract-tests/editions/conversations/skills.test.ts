import { describe, expect, test } from "vitest";
import { describeOnBackends } from "../support/documented-gateway.ts";
import { appToken, conversationsFile } from "./settings-file.ts";

describe("the conversations document's skills", () => {
  describeOnBackends(conversationsFile, (gateway) => {
    test("are listed", async () => {
      const answer = await fetch(`${gateway.url}/api/v1/skills`, { headers: { Authorization: `Bearer ${appToken}` } });
      expect([answer.status, await answer.json()]).toEqual([200, { skills: [] }]);
    });
  });
});
