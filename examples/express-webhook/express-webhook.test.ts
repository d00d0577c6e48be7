import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Webhook } from "standardwebhooks";
import { describe, expect, onTestFinished, test } from "vitest";
import { startExampleGateway, lacksNodeExample, runExample, serveExample } from "../../contract-tests/harness/examples.ts";
import { freePort } from "../../contract-tests/harness/free-port.ts";

const cwd = import.meta.dirname;
const patience = { timeout: 20_000 };

async function inboxFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "openclaw-inbox-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return join(folder, "inbox.sqlite");
}

/** The receiver, on a port and an inbox. */
async function serve(secret: string, inbox: string, port?: number) {
  const own = port ?? (await freePort());
  const address = `http://127.0.0.1:${own}/openclaw-events`;
  const { printed } = await serveExample(process.execPath, ["server.js"], { address, cwd, url: "", env: { OPENCLAW_WEBHOOK_SECRET: secret, INBOX: inbox, PORT: String(own) } });
  return { address, printed };
}

const post = (address: string, body: string, headers: Record<string, string>) => fetch(address, { method: "POST", headers: { "Content-Type": "application/json", ...headers }, body });

/** A delivery as the gateway would have signed it. */
function signed(secret: string, at: Date, body = '{"id":"evt_made_up","event":"session.started","data":{}}'): { body: string; headers: Record<string, string> } {
  const signature = new Webhook(secret).sign("evt_made_up", at, body);
  return { body, headers: { "webhook-id": "evt_made_up", "webhook-timestamp": String(Math.floor(at.getTime() / 1000)), "webhook-signature": signature } };
}

describe.skipIf(lacksNodeExample(cwd, "express", "standardwebhooks"))("examples/express-webhook", { timeout: 60_000 }, () => {
  test("hears of a turn, once, however often it is delivered", async () => {
    const { call } = await startExampleGateway({ settings: { network: { allowPrivate: ["127.0.0.1"] } } });
    const port = await freePort();
    const made = await call("/api/v1/webhooks", { json: { url: `http://127.0.0.1:${port}/openclaw-events`, events: ["message.sent"] } });
    const { id, secret } = (await made.json()) as { id: string; secret: string };
    const { printed } = await serve(secret, await inboxFile(), port);

    const turn = (await (await call("/api/v1/messages", { json: { message: "Hello" } })).json()) as { sessionId: string };
    await expect.poll(printed, patience).toContain(`message.sent in ${turn.sessionId}: `);
    const { deliveries } = (await (await call(`/api/v1/webhooks/${id}/deliveries`)).json()) as { deliveries: { id: string; eventId: string }[] };
    const { id: delivery, eventId } = deliveries[0]!;
    expect((await call(`/api/v1/webhooks/deliveries/${delivery}/replay`, { method: "POST" })).status).toBe(202);
    await expect.poll(printed, patience).toContain(`${eventId} once more\n`);
    expect(printed().split(`${eventId} message.sent`)).toHaveLength(2);
    expect(printed()).not.toContain("refused");
  });

  test("refuses what another secret signed, what was changed, what is old, and what is not signed", async () => {
    const [secret, other] = ["whsec_dGhlIHNlY3JldCBvZiB0aGUgdGVzdA==", "whsec_YW5vdGhlciBzZWNyZXQgb2YgdGVzdHM="] as const;
    const inbox = await inboxFile();
    const { address, printed } = await serve(secret, inbox);
    const now = new Date();
    const good = signed(secret, now);
    const forged = signed(other, now);
    const recorded = signed(secret, new Date(now.getTime() - 6 * 60_000));
    for (const [body, headers] of [[forged.body, forged.headers], [good.body.replace("started", "ended"), good.headers], [recorded.body, recorded.headers], [good.body, {}], ["", {}]] as const) {
      expect((await post(address, body, headers)).status).toBe(401);
    }
    expect((await post(address, good.body, good.headers)).status).toBe(204);
    await expect.poll(printed, patience).toContain("evt_made_up session.started\n");
    const database = new DatabaseSync(inbox, { readOnly: true });
    onTestFinished(() => database.close());
    expect(database.prepare("SELECT id FROM events").all()).toEqual([{ id: "evt_made_up" }]);
  });

  test("tells a caller what it could not take, and nothing of itself", async () => {
    const { address, printed } = await serve("whsec_dGhlIHNlY3JldCBvZiB0aGUgdGVzdA==", await inboxFile());
    const answer = await post(address, "x".repeat(5_000_000), {});
    expect([answer.status, await answer.text()]).toEqual([413, "Payload Too Large"]);
    expect(printed()).toContain("not stored: request entity too large\n");
  });

  test("handles after its start what an earlier one had stored", async () => {
    const inbox = await inboxFile();
    const database = new DatabaseSync(inbox);
    database.exec("CREATE TABLE events (id TEXT PRIMARY KEY, body TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, handled_at TEXT) STRICT");
    database.prepare("INSERT INTO events (id, body) VALUES (?, ?)").run("evt_left", '{"id":"evt_left","event":"error.agent","data":{}}');
    database.close();
    const { printed } = await serve("a secret of the settings", inbox);
    await expect.poll(printed, patience).toContain("evt_left error.agent\n");
  });

  test("does not start without the secret, and says why", async () => {
    const { stderr, status } = await runExample(process.execPath, ["server.js"], { cwd, url: "", env: { OPENCLAW_WEBHOOK_SECRET: "" } });
    expect([status, stderr]).toEqual([1, expect.stringMatching(/^Set OPENCLAW_WEBHOOK_SECRET /)]);
  });
});
