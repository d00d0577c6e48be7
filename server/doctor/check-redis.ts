import type { Examination } from "./examination.ts";
import { type Finding, ok, problem } from "./finding.ts";

const timeoutMs = 5000;

/** Whether Redis answers, where the settings name one. */
export async function checkRedis({ settings }: Pick<Examination, "settings">): Promise<Finding[]> {
  const url = settings?.redis.url ?? null;
  if (url === null) return [];
  const { createClient } = await import("@redis/client");
  // Of the URL only this is told: it may hold a password.
  const place = URL.parse(url)?.host ?? "the address in redis.url";
  const client = createClient({ url, disableOfflineQueue: true, socket: { connectTimeout: timeoutMs, reconnectStrategy: false } });
  client.on("error", () => {});
  try {
    await client.connect();
    await client.withAbortSignal(AbortSignal.timeout(timeoutMs)).ping();
    return [ok(`Redis answers at ${place}.`)];
  } catch (error) {
    return [problem(`Redis at ${place} cannot be used: ${reasonOf(error)}.`, "Start it, or correct redis.url: host, port, user and password.")];
  } finally {
    client.destroy();
  }
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message.replace(/\.$/, "");
}
