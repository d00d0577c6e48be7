import pino from "pino";
import { onTestFinished, vi } from "vitest";
import { startFakeTelegram, type FakeTelegram } from "../../../contract-tests/fakes/telegram/telegram.ts";
import type { ConnectorStatus, InboundMessage } from "../port.ts";
import { createTelegram, type TelegramOptions } from "./telegram.ts";

export interface Connected {
  fake: FakeTelegram;
  connector: ReturnType<typeof createTelegram>;
  /** What the gateway was told, oldest first. */
  received: InboundMessage[];
  changes: ConnectorStatus[];
  /** The log, a line each. */
  lines: string[];
  /** Resolves once the connector waits for its next attempt; ends the wait and answers how long it would have been. */
  pass(): Promise<number>;
  until(condition: () => boolean): Promise<void>;
}

export interface ConnectOptions extends Partial<Pick<TelegramOptions, "callTimeoutMs" | "pollSeconds">> {
  settings?: Partial<TelegramOptions["settings"]>;
  /** Stands in for storing; a rejection makes Telegram deliver again. */
  store?(message: InboundMessage): Promise<void>;
  /** Whether it is started. Default yes. */
  start?: boolean;
  /** Called with the fake before the connector is started. */
  before?(fake: FakeTelegram): void;
}

/** A connector on a fake of its own, whose waits end when the test says so; both end with the test. */
export async function connectTelegram({ settings, store = async () => {}, start = true, before, ...options }: ConnectOptions = {}): Promise<Connected> {
  const fake = await startFakeTelegram();
  before?.(fake);
  const received: InboundMessage[] = [];
  const changes: ConnectorStatus[] = [];
  const lines: string[] = [];
  const waits: { delayMs: number; end(): void }[] = [];
  const connector = createTelegram({
    settings: { enabled: true, workspace: "default", botToken: fake.botToken, apiRoot: fake.apiRoot, webhook: null, ...settings },
    events: {
      async received(message) {
        await store(message);
        received.push(message);
      },
      changed: (status) => void changes.push(status),
    },
    log: pino({ level: "debug" }, { write: (line: string) => void lines.push(line) }),
    wait: (delayMs, signal) =>
      new Promise<void>((resolve, reject) => {
        waits.push({ delayMs, end: resolve });
        signal.addEventListener("abort", () => reject(new Error("called off")), { once: true });
      }),
    ...options,
  });
  onTestFinished(async () => {
    await connector.stop();
    await fake.close();
  });
  const until = (condition: () => boolean) => vi.waitUntil(condition, { interval: 2, timeout: 10_000 }).then(() => {});
  if (start) connector.start();
  return {
    fake,
    connector,
    received,
    changes,
    lines,
    until,
    async pass() {
      await until(() => waits.length > 0);
      const { delayMs, end } = waits.shift()!;
      end();
      return delayMs;
    },
  };
}
