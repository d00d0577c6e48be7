import { describe, expect, test } from "vitest";
import { sentUpstream } from "../support/backends.ts";
import { curl } from "../support/curl.ts";
import { describeOnBackends } from "../support/documented-gateway.ts";
import { lacksCurl } from "../support/programs.ts";
import { aNumber, anId, aString } from "../support/shapes.ts";
import { appKey, readOnlyKey, workspacesFile } from "./settings-file.ts";

const bearer = (key: string) => ["-H", `Authorization: Bearer ${key}`];
const json = ["-H", "Content-Type: application/json"];

describe("the workspaces document's curl commands", () => {
  describeOnBackends(workspacesFile, (gateway, kind) => {
    const send = (body: object, key = appKey) => curl("-s", "-X", "POST", `${gateway.url}/api/v1/messages`, ...bearer(key), ...json, "-d", JSON.stringify(body));

    test.skipIf(lacksCurl)("health tells what the gateway is connected to", async () => {
      const answer = await curl(...bearer(appKey), `${gateway.url}/api/v1/health`);
      expect(answer.status).toBe(200);
      expect(answer.json()).toMatchObject({ status: "ok", version: aString, uptime: aNumber, channels: {}, redis: aString, memoryMB: aNumber });
    });

    test.skipIf(lacksCurl)("a message with every documented member is answered with every documented member", async () => {
      const request = { workspace: "team", userId: "api-user", message: "Summarize the day", sessionId: "my-own-session", context: { timezone: "America/New_York", language: "en" } };
      const answer = await send(request);
      expect(answer.status).toBe(200);
      expect(answer.json()).toEqual({
        messageId: anId("msg"),
        response: "You said: Summarize the day",
        tokensUsed: aNumber,
        latencyMs: aNumber,
        sessionId: "my-own-session",
        toolsInvoked: [],
        finishReason: "stop",
      });
    });

    if (kind !== "embedded") test.skipIf(lacksCurl)("the context reaches the agent", async () => {
      await send({ workspace: "team", userId: "api-user", message: "Where am I", context: { timezone: "Europe/Vienna" } });
      expect(JSON.stringify(sentUpstream(gateway.backend, "Where am I"))).toContain("Europe/Vienna");
    });

    test.skipIf(lacksCurl)("a pipeline's message needs no session, and starts one", async () => {
      const answer = await send({ workspace: "admins", userId: "github-actions", message: "Deployed 'abc123'" });
      expect(answer.json()).toMatchObject({ response: "You said: Deployed 'abc123'", sessionId: anId("sess") });
    });

    test.skipIf(lacksCurl)("tools that were used are named", async () => {
      const answer = await send({ workspace: "team", userId: "api-user", message: "calculate 6*7" });
      expect(answer.json()).toMatchObject({ toolsInvoked: ["calculate"], response: expect.stringContaining("42") as unknown });
    });

    test.skipIf(lacksCurl)("a workspace that the key does not have is not there", async () => {
      const answer = await send({ workspace: "analytics", userId: "api-user", message: "Hi there" });
      expect(answer.status).toBe(404);
      expect(answer.json()).toMatchObject({ error: "not_found" });
    });

    test.skipIf(lacksCurl)("a key with permissions has those only", async () => {
      expect((await curl(`${gateway.url}/api/v1/sessions`, ...bearer(readOnlyKey))).status).toBe(200);
      expect((await send({ workspace: "team", userId: "api-user", message: "Hi there" }, readOnlyKey)).status).toBe(403);
    });
  });
});
