import { describe, expect, test } from "vitest";
import { describeOnBackends } from "../support/documented-gateway.ts";
import { lacksPython } from "../support/programs.ts";
import { python } from "../support/python.ts";
import { agentsFile, token } from "./settings-file.ts";

describe("the agents document's Python client", () => {
  describeOnBackends(agentsFile, (gateway) => {
    test.skipIf(lacksPython)("chats without a session and with one", async () => {
      const printed = await python(new URL("client.py", import.meta.url), gateway.url, token, "my-agent");
      expect(printed).toEqual(["You said: How is the weather?", "You said: And a Käsebrot 🧀"]);
    });
  });
});
