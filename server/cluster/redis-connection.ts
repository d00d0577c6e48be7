import { createClient } from "@redis/client";
import type { Logger } from "pino";

/**
 * A connection that nobody has to wait for: what Redis does not answer in time is done without it, and so is everything
 * after that until Redis is found to answer again.
 */
export interface RedisConnection {
  readonly client: ReturnType<typeof openClient>;
  readonly isConnected: boolean;
  /** Asks Redis, and does `instead` when it cannot be reached, fails, or takes too long. */
  attempt<T>(ask: () => Promise<T>, instead: () => T | Promise<T>): Promise<T>;
  close(): void;
}

export interface RedisConnectionOptions {
  /** `redis://…` or `rediss://…`. */
  url: string;
  log: Logger;
  /** The longest a request waits for Redis, and the start of the gateway for the connection. */
  timeoutMs?: number;
  /** Between two looks whether it is back. */
  probeMs?: number;
}

/** Resolves once it is connected, or has been given the time for it; it goes on trying either way. */
export async function connectRedis({ url, log, timeoutMs = 250, probeMs = 1000 }: RedisConnectionOptions): Promise<RedisConnection> {
  const client = openClient(url);
  let isConnected = false;
  let isLossTold = false;
  let probing: Promise<void> | undefined;

  function lose(cause: unknown): void {
    isConnected = false;
    if (isLossTold) return;
    isLossTold = true;
    log.warn({ err: cause }, "Redis does not answer: limits are counted by this instance alone until it is back");
  }

  /** Looks whether Redis takes what is written, which it may not although it is connected. One look at a time, however long it takes. */
  async function look(): Promise<void> {
    try {
      await client.set("openclaw:probe", "1", { PX: 1000 });
      isConnected = true;
      isLossTold = false;
      log.info("Redis is connected: limits are shared with the instances on it");
    } catch (error) {
      lose(error);
    } finally {
      probing = undefined;
    }
  }

  async function probe(): Promise<void> {
    if (!isConnected && client.isReady) await (probing ??= look());
  }

  client.on("error", lose);
  client.on("ready", () => void probe());
  const prober = setInterval(() => void probe(), probeMs);
  prober.unref();

  async function inTime<T>(asked: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`Redis did not answer within ${timeoutMs} ms`)), timeoutMs);
    });
    try {
      return await Promise.race([asked, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  await inTime(client.connect().then(probe)).catch(lose);
  return {
    client,
    get isConnected() {
      return isConnected;
    },
    async attempt(ask, instead) {
      if (!isConnected) return instead();
      try {
        return await inTime(ask());
      } catch (error) {
        lose(error);
        return instead();
      }
    },
    close() {
      clearInterval(prober);
      client.destroy();
    },
  };
}

/** A command that cannot be sent at once fails: nobody waits for a connection. */
function openClient(url: string) {
  return createClient({ url, disableOfflineQueue: true, socket: { connectTimeout: 5000, reconnectStrategy: (retries) => Math.min(50 * 2 ** retries, 1000) } });
}
