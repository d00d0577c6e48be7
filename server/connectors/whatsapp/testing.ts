import { afterEach, beforeEach } from "vitest";
import pino from "pino";
import { startFakeWhatsapp, type FakeWhatsapp } from "../../../contract-tests/fakes/whatsapp/whatsapp.ts";
import type { Connector, ConnectorStatus, InboundMessage, WebhookConnector } from "../port.ts";
import { createWhatsapp } from "./whatsapp.ts";

/** A connector and the fake that it talks to, fresh for each test; time passes when the test says so. */
export interface Rig {
  fake: FakeWhatsapp;
  connector: Connector & WebhookConnector;
  /** What the connector has told. */
  received: InboundMessage[];
  changes: ConnectorStatus[];
  /** The log's lines. */
  lines: { level: number; msg: string; [name: string]: unknown }[];
  /** What happens with a message, when not just that it is taken. */
  onReceived: (message: InboundMessage) => Promise<void>;
  /** Epoch milliseconds. */
  clock: number;
  /** The timer that runs, if any. */
  timer: { delayMs: number; fire: () => void } | null;
  /** Resolves at the next change of the status, with its state. */
  nextChange(): Promise<string>;
}

export function useRig(options: { timeoutMs?: number } = {}): Rig {
  const rig = {} as Rig;
  beforeEach(async () => {
    const waiting = new Set<(state: string) => void>();
    const fake = await startFakeWhatsapp();
    Object.assign(rig, {
      fake,
      received: [],
      changes: [],
      lines: [],
      clock: 1_763_740_800_000,
      timer: null,
      onReceived: async () => {},
      nextChange: () => new Promise((resolve) => waiting.add(resolve)),
      connector: createWhatsapp({
        settings: { enabled: true, workspace: "default", ...fake.settings },
        events: {
          async received(message) {
            await rig.onReceived(message);
            rig.received.push(message);
          },
          changed(status) {
            rig.changes.push(status);
            for (const resolve of waiting) resolve(status.state);
            waiting.clear();
          },
        },
        log: pino({ level: "debug" }, { write: (line: string) => void rig.lines.push(JSON.parse(line)) }),
        now: () => rig.clock,
        random: () => 1,
        schedule(fire, delayMs) {
          const timer = { delayMs, fire };
          rig.timer = timer;
          return () => {
            if (rig.timer === timer) rig.timer = null;
          };
        },
        ...options,
      }),
    } satisfies Rig);
  });
  afterEach(async () => {
    await rig.connector.stop();
    await rig.fake.close();
  });
  return rig;
}

/** Starts it and waits until it is connected. */
export async function connect(rig: Rig): Promise<void> {
  rig.connector.start();
  await rig.nextChange();
}
