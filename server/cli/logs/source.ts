import { homedir } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { OpenClawConnectionError, type OpenClawClient, type Schemas } from "@openclaw/sdk";
import { followLines } from "../../logs/follow-lines.ts";
import { encodeLine } from "../../logs/encode.ts";
import { entryTest, readEntry } from "../../logs/entry.ts";
import { linesBefore } from "../../logs/lines-before.ts";
import { parsePlace } from "../../logs/place.ts";
import { loadSettings } from "../../settings/load-settings.ts";
import type { LogsOptions } from "./options.ts";

type Entry = Schemas["GatewayLogEntry"];
type Wanted = Pick<LogsOptions, "level" | "grep" | "since" | "lines">;

/** Where lines come from. */
export interface LogSource {
  /** The newest first, `lines` at the most. */
  last(): AsyncIterable<Entry>;
  /** Without end: from behind an entry, or from now on. */
  follow(lastId: string | undefined): AsyncIterable<Entry>;
}

/** Of a gateway that runs. */
export function gatewaySource(client: OpenClawClient, { level, grep, since, lines }: Wanted): LogSource {
  const filter = { ...(level && { level }), ...(grep && { q: grep }), ...(since && { since }) };
  return {
    async *last() {
      let left = lines;
      // Asked once even for none: whether there is a gateway that answers.
      for (let cursor: string | undefined; ; ) {
        const { entries, nextCursor } = await client.logs.list({ ...filter, limit: Math.max(1, Math.min(left, 100)), ...(cursor && { cursor }) });
        for (const entry of entries.slice(0, left)) if (entry.kind === "gateway") yield entry;
        left -= entries.length;
        if (left <= 0 || nextCursor === undefined) return;
        cursor = nextCursor;
      }
    },
    async *follow(lastId) {
      for (let after = lastId; ; ) {
        try {
          for await (const entry of client.logs.follow(filter, { after })) {
            after = entry.id;
            yield entry;
          }
        } catch (error) {
          if (!(error instanceof OpenClawConnectionError)) throw error;
        }
        // It is stopped, or started anew: it may come back.
        await sleep(1_000);
      }
    },
  };
}

/** Of the file that the settings name; null when they name none. Throws a SettingsError. */
export async function fileSource(config: string | undefined, { level, grep, since, lines }: Wanted): Promise<(LogSource & { file: string }) | null> {
  const { settings } = await loadSettings({ argv: config === undefined ? {} : { config }, env: process.env, homeDir: homedir() });
  const { file } = settings.logging;
  if (file === null) return null;
  const from = since === undefined ? undefined : Date.parse(since);
  const isWanted = entryTest({ level, q: grep, since: from });
  return {
    file,
    async *last() {
      let left = lines;
      if (left === 0) return;
      for await (const batch of linesBefore(file, undefined)) {
        for (const line of batch) {
          const entry = readEntry(line);
          if (!entry) continue;
          if (from !== undefined && entry.at < from) return;
          if (!isWanted(entry)) continue;
          yield encodeLine(entry);
          if (--left === 0) return;
        }
      }
    },
    async *follow(lastId) {
      const place = lastId === undefined ? undefined : parsePlace(lastId);
      for await (const batch of followLines(file, place, new AbortController().signal)) {
        for (const line of batch) {
          const entry = readEntry(line);
          if (entry && isWanted(entry)) yield encodeLine(entry);
        }
      }
    },
  };
}
