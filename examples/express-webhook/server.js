// Receives the gateway's webhooks: checks that they are from it and fresh, stores them, answers, and only then works on them.
import { DatabaseSync } from "node:sqlite";
import express from "express";
import { Webhook } from "standardwebhooks";

const { OPENCLAW_WEBHOOK_SECRET: secret, INBOX = "inbox.sqlite", PORT = "8080", HOST = "127.0.0.1" } = process.env;
if (!secret) {
  console.error("Set OPENCLAW_WEBHOOK_SECRET to the secret that the gateway showed when the webhook was made.");
  process.exit(1);
}
// A secret that begins with whsec_ is base64, any other is its text.
const webhook = secret.startsWith("whsec_") ? new Webhook(secret) : new Webhook(secret, { format: "raw" });

const inbox = new DatabaseSync(INBOX);
inbox.exec(`
  PRAGMA journal_mode = WAL;
  CREATE TABLE IF NOT EXISTS events (id TEXT PRIMARY KEY, body TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, handled_at TEXT) STRICT;
`);
const store = inbox.prepare("INSERT INTO events (id, body) VALUES (?, ?) ON CONFLICT DO NOTHING");
const waiting = inbox.prepare("SELECT id, body FROM events WHERE handled_at IS NULL AND attempts < 5 ORDER BY attempts, rowid LIMIT 1");
const tried = inbox.prepare("UPDATE events SET attempts = attempts + 1 WHERE id = ?");
const handled = inbox.prepare("UPDATE events SET handled_at = datetime() WHERE id = ?");

/** Put here what shall happen. An event comes once, unless this program dies in the middle or this throws: then it comes again. */
async function handle({ id, event, data }) {
  if (event === "message.sent") console.log(`${id} ${event} in ${data.sessionId}: ${data.response}`);
  else console.log(`${id} ${event}`);
}

let isWorking = false;

/** Works on what waits, one event after another. */
async function work() {
  if (isWorking) return;
  isWorking = true;
  try {
    for (let row = waiting.get(); row; row = waiting.get()) {
      tried.run(row.id);
      await handle(JSON.parse(row.body));
      handled.run(row.id);
    }
  } catch (error) {
    console.error(error);
    setTimeout(() => void work(), 5000).unref();
  } finally {
    isWorking = false;
  }
}

const app = express();

// The signature is over the bytes as they came in, so nothing may parse them before.
app.post("/openclaw-events", express.raw({ type: () => true, limit: "4mb" }), (request, response) => {
  const body = Buffer.isBuffer(request.body) ? request.body.toString("utf8") : "";
  try {
    // Refuses what another secret signed, what was changed on the way, and what is older than five minutes: a recording.
    webhook.verify(body, request.headers);
  } catch (error) {
    console.error(`refused: ${error.message}`);
    return response.status(401).json({ error: "The signature does not fit." });
  }
  // The gateway delivers at least once. Its id is the same each time, and a second one changes nothing.
  const id = request.get("webhook-id");
  const { changes } = store.run(id, body);
  if (changes === 0) console.log(`${id} once more`);
  response.sendStatus(204);
  setImmediate(() => void work());
});

// What could not be read or stored is not answered with 2xx, so it comes again. The reason is for our log.
app.use((error, _request, response, _next) => {
  console.error(`not stored: ${error.message}`);
  response.sendStatus(error.status ?? 500);
});

const server = app.listen(Number(PORT), HOST, (error) => {
  if (error) throw error;
  console.log(`Waiting for events at http://${HOST}:${PORT}/openclaw-events`);
});
process.on("SIGTERM", () => server.close());

// What an earlier start had no time for.
void work();
