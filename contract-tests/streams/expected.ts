import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The expected bytes of streams, `spec/streams/<operationId>.<edition>.txt`. They are what a user of the
 * edition reads when the agent is told `calculate 2+2` and the fake provider answers; the mocks send them as they stand,
 * the server must send them but for ids and times.
 */
interface ExpectedStream {
  operationId: string;
  edition: string;
  text: string;
}

const folder = join(import.meta.dirname, "../../spec/streams");

export const expectedStreams: readonly ExpectedStream[] = readdirSync(folder).sort().map((name) => {
  const [operationId = "", edition = ""] = name.split(".");
  return { operationId, edition, text: readFileSync(join(folder, name), "utf8") };
});

export function expectedStream(operationId: string, edition: string): string {
  const found = expectedStreams.find((stream) => stream.operationId === operationId && stream.edition === edition);
  if (!found) throw new Error(`there is no spec/streams/${operationId}.${edition}.txt`);
  return found.text;
}

export { endlessStreams } from "../../server/mock/events.ts";

/** What the agent is told in each of them. */
export const streamPrompt = "calculate 2+2";

/** A stream's text without what differs from one time to the next: ids become `run_1`, `msg_1`, …, times become 0. */
export function normalised(text: string): string {
  const seen = new Map<string, string>();
  return text
    .replaceAll(/\b(run_|msg_|sess_|conv_|key_|chatcmpl-)[A-Za-z0-9]+/g, (id, prefix: string) => {
      const count = [...seen.keys()].filter((other) => other.startsWith(prefix)).length;
      if (!seen.has(id)) seen.set(id, `${prefix}${count + 1}`);
      return seen.get(id) ?? id;
    })
    .replaceAll(/\bevt_[0-9a-f]{8}_\d+/g, (id) => {
      if (!seen.has(id)) seen.set(id, `evt_${[...seen.keys()].filter((other) => other.startsWith("evt_")).length + 1}`);
      return seen.get(id) ?? id;
    })
    .replaceAll(/"timestamp":"[^"]+"/g, '"timestamp":""')
    .replaceAll(/"(latency|latencyMs|latency_ms|durationMs|created)":\d+/g, '"$1":0');
}
