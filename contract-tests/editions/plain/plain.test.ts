import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { curl } from "../support/curl.ts";
import { describeOnBackends } from "../support/documented-gateway.ts";
import { lacksCurl } from "../support/programs.ts";
import { aNumber, anInstant, aString } from "../support/shapes.ts";
import { plainFile, sendOnlyToken, token } from "./settings-file.ts";

const bearer = (key = token) => ["-H", `Authorization: Bearer ${key}`];

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "openclaw-plain-"));
  await writeFile(join(root, "file"), "remember the milk");
});
afterAll(() => rm(root, { recursive: true }));

describe("the plain document's requests, with curl", () => {
  describeOnBackends((modelsSection) => plainFile(modelsSection, root), (gateway) => {
    /** A session of a channel's user; the plain edition itself has no way to talk to the agent. */
    const start = async (sessionId: string): Promise<void> => {
      const body = JSON.stringify({ userId: "user-456", message: "Hi there", sessionId });
      expect((await curl("-X", "POST", `${gateway.url}/api/v1/messages`, ...bearer(), "-H", "Content-Type: application/json", "-d", body)).status).toBe(200);
    };

    test.skipIf(lacksCurl)("health is open and small", async () => {
      const answer = await curl(`${gateway.url}/health`);
      expect(answer.status).toBe(200);
      expect(answer.json()).toEqual({ status: "ok", version: aString, uptime: aNumber });
    });

    test.skipIf(lacksCurl)("status tells of channels, sessions and memory", async () => {
      const answer = await curl(...bearer(), `${gateway.url}/api/status`);
      expect(answer.status).toBe(200);
      expect(answer.json()).toEqual({ status: "ok", gateway: "running", channels: {}, sessions: aNumber, memory: { used: aNumber, total: aNumber } });
    });

    test.skipIf(lacksCurl)("the config is got, and updated with the document's body", async () => {
      const url = `${gateway.url}/api/config`;
      const before = (await curl(...bearer(), url)).json() as object;
      const updated = await curl("-X", "PATCH", ...bearer(), "-H", "Content-Type: application/json", "-d", '{ "logging": { "level": "debug" } }', url);
      expect([updated.status, updated.json()]).toEqual([200, { config: { ...before, logging: { level: "debug" } }, restartRequired: [], warnings: [] }]);
      expect((await curl(...bearer(), url)).json()).toEqual({ ...before, logging: { level: "debug" } });
    });

    test.skipIf(lacksCurl)("sessions are listed with the documented members, and shown", async () => {
      await start("session-123");
      const session = { id: "session-123", channel: "api", userId: "user-456", messageCount: 2, lastActivity: anInstant };
      const { sessions } = (await curl(...bearer(), `${gateway.url}/api/sessions`)).json() as { sessions: object[] };
      expect(sessions).toContainEqual(session);
      const shown = await curl(...bearer(), `${gateway.url}/api/sessions/session-123`);
      expect(shown.status).toBe(200);
      expect(shown.json()).toMatchObject({ ...session, messages: [{ content: "Hi there" }, { role: "assistant" }] });
    });

    test.skipIf(lacksCurl)("tools are listed with the documented members, and one is invoked with the document's body", async () => {
      const { tools } = (await curl(...bearer(), `${gateway.url}/api/tools`)).json() as { tools: object[] };
      expect(tools).toContainEqual(expect.objectContaining({ name: "read", description: aString, enabled: true }));
      const url = `${gateway.url}/api/tools/read/invoke`;
      const invoke = (path: string) => curl("-X", "POST", ...bearer(), "-H", "Content-Type: application/json", "-d", JSON.stringify({ params: { path } }), url);
      const invoked = await invoke(join(root, "file"));
      expect([invoked.status, invoked.json()]).toEqual([200, { tool: "read", output: "remember the milk", durationMs: aNumber }]);
      const refused = await invoke("/path/to/file");
      expect([refused.status, refused.json()]).toEqual([422, { error: { code: "UNPROCESSABLE", message: '"/path/to/file" is outside the folders that tools may use.', details: {} } }]);
    });

    test.skipIf(lacksCurl)("sessions are deleted", async () => {
      await start("session-deleted");
      expect((await curl("-X", "DELETE", ...bearer(), `${gateway.url}/api/sessions/session-deleted`)).status).toBe(204);
      expect((await curl(...bearer(), `${gateway.url}/api/sessions/session-deleted`)).status).toBe(404);
    });

    test.skipIf(lacksCurl)("cron jobs are listed with the documented members, and run", async () => {
      const { jobs } = (await curl(...bearer(), `${gateway.url}/api/cron`)).json() as { jobs: object[] };
      const job = { id: "new-year", schedule: "0 0 1 1 *", timezone: "UTC", agent: "main", message: "Happy new year", enabled: true };
      expect(jobs).toMatchObject([{ ...job, nextRunAt: anInstant }]);
      expect(Object.keys(jobs[0]!)).toEqual(expect.arrayContaining([...Object.keys(job), "nextRunAt", "lastRunAt", "lastStatus"]));
      const answer = await curl("-X", "POST", ...bearer(), `${gateway.url}/api/cron/new-year/run`);
      expect(answer.status).toBe(202);
      expect(answer.json()).toEqual({ runId: aString, jobId: "new-year" });
    });

    test.skipIf(lacksCurl)("errors have a code of the document, a message and details", async () => {
      const refusals = [
        { path: "/api/sessions", key: "nobody", status: 401, code: "UNAUTHORIZED" },
        { path: "/api/sessions", key: sendOnlyToken, status: 403, code: "FORBIDDEN" },
        { path: "/api/sessions/nowhere", key: token, status: 404, code: "NOT_FOUND" },
        { path: "/api/cron", key: sendOnlyToken, status: 403, code: "FORBIDDEN" },
        { path: "/api/nowhere", key: token, status: 404, code: "NOT_FOUND" },
        { path: "/api/sessions?limit=many", key: token, status: 400, code: "INVALID_REQUEST" },
      ];
      for (const { path, key, status, code } of refusals) {
        const answer = await curl(...bearer(key), gateway.url + path);
        expect({ path, status: answer.status, body: answer.json() }).toEqual({ path, status, body: { error: { code, message: aString, details: expect.any(Object) as unknown } } });
      }
    });
  });
});
