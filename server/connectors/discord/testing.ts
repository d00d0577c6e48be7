import pino from "pino";
import { vi } from "vitest";
import { startFakeDiscord, type FakeDiscord } from "../../../contract-tests/fakes/discord/discord.ts";
import type { Connector, ConnectorStatus, InboundMessage } from "../port.ts";
import { createDiscord, type DiscordOptions } from "./discord.ts";

/** A connector, not started yet, in front of a fake Discord. */
export interface TestDiscord {
  fake: FakeDiscord;
  connector: Connector;
  /** What was received, in order; `refuse` says which are not stored. */
  received: InboundMessage[];
  refuse: (message: InboundMessage) => boolean;
  statuses: ConnectorStatus[];
  logged: { level: number; type?: string; msg: string }[];
  /** The lengths of all waits, in milliseconds. They pass at once, but for those that `holds`. */
  waits: number[];
  holds: (delayMs: number) => boolean;
  /** Lets the waits that are held pass. */
  wake(): void;
  clock: { now: number };
  untilReceived(count: number): Promise<void>;
  untilState(state: ConnectorStatus["state"]): Promise<void>;
  /** Starts it, and resolves once it is connected. */
  connect(): Promise<void>;
  close(): Promise<void>;
}

export async function createTestDiscord(options: Partial<DiscordOptions> = {}): Promise<TestDiscord> {
  const fake = await startFakeDiscord();
  const held = new Set<() => void>();
  const clock = { now: 1_000_000 };
  const test: TestDiscord = {
    fake,
    received: [],
    refuse: () => false,
    statuses: [],
    logged: [],
    waits: [],
    holds: () => false,
    wake: () => held.forEach((pass) => pass()),
    clock,
    untilReceived: (count) => vi.waitFor(() => atLeast(test.received.length, count), { interval: 5, timeout: 5_000 }),
    untilState: (state) => vi.waitFor(() => same(test.connector.status().state, state), { interval: 5, timeout: 5_000 }),
    async connect() {
      test.connector.start();
      await test.untilState("connected");
    },
    async close() {
      await test.connector.stop();
      await fake.close();
    },
    connector: createDiscord({
      settings: { apiRoot: fake.apiRoot, botToken: fake.botToken },
      events: {
        async received(message) {
          if (test.refuse(message)) throw new Error("the disk is full");
          test.received.push(message);
        },
        changed: (status) => void test.statuses.push(status),
      },
      log: pino({ level: "debug" }, { write: (line) => void test.logged.push(JSON.parse(line) as TestDiscord["logged"][number]) }),
      now: () => clock.now,
      random: () => 1,
      sleep(delayMs, signal) {
        signal.throwIfAborted();
        if (delayMs > 0) test.waits.push(delayMs);
        return new Promise((resolve, reject) => {
          const pass = (): void => {
            held.delete(pass);
            resolve(undefined);
          };
          signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
          if (test.holds(delayMs)) held.add(pass);
          else setImmediate(pass);
        });
      },
      ...options,
    }),
  };
  return test;
}

function atLeast(found: number, expected: number): void {
  if (found < expected) throw new Error(`${found} of ${expected}`);
}

function same(found: string, expected: string): void {
  if (found !== expected) throw new Error(`it is ${found}, not ${expected}`);
}
