import pino from "pino";
import { expect, onTestFinished, test } from "vitest";
import { composeGateway } from "../../server/compose.ts";
import { startGateway } from "../../server/main.ts";
import { loadSettings } from "../../server/settings/load-settings.ts";
import { readAnswer } from "../contract/check-answer.ts";
import { expectError } from "../contract/error-of.ts";
import { recordPair } from "../coverage/recorder.ts";
import { freePort } from "../harness/free-port.ts";
import { temporaryFolder } from "./gateway-process.ts";

test("while it starts it is alive, and tells everybody else to come back, each in his face; then it serves", async () => {
  const folder = temporaryFolder();
  const { settings } = await loadSettings({ argv: { port: await freePort() }, env: { OPENCLAW_STATE_DIR: folder }, homeDir: folder });
  const [listening, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  // The database takes its time.
  const starting = startGateway(settings, { log: pino({ level: "silent" }) }, async (...all) => {
    listening.resolve();
    await held.promise;
    return composeGateway(...all);
  });
  onTestFinished(async () => {
    held.resolve();
    await (await starting).stop(0);
  });
  await listening.promise;

  const url = `http://127.0.0.1:${settings.http.port}`;
  (await readAnswer("getLiveness", await fetch(`${url}/livez`))).json(200);
  for (const [id, path] of [["getReadiness", "/readyz"], ["getHealth", "/health?x=1"]] as const) {
    const answer = await fetch(url + path);
    expect(answer.headers.get("Retry-After")).toBe("1");
    expect((await readAnswer(id, answer)).json(503)).toMatchObject({ error: "service_unavailable", message: expect.stringContaining("starting"), retryAfter: 1 });
    recordPair(id, 503);
  }
  const faces = { "/api/v1/chat": "api", "/nowhere": "api", "//": "api", "/api/status": "plain", "/api/v1/openai/chat/completions": "openai" } as const;
  for (const [path, face] of Object.entries(faces)) {
    const answer = await fetch(url + path, { method: "POST", body: "{}" });
    expect([answer.headers.get("Retry-After"), answer.headers.get("Connection")], path).toEqual(["1", "close"]);
    await expectError(answer, face, 503, "service_unavailable");
  }

  held.resolve();
  await starting;
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
});
