import { once } from "node:events";
import pino from "pino";
import { onTestFinished } from "vitest";
import { startFakeSlack, type FakeSlack } from "../../../contract-tests/fakes/slack/slack.ts";
import type { Connector, ConnectorStatus, InboundMessage } from "../port.ts";
import { createSlack, type SlackOptions } from "./slack.ts";

export interface SlackUnderTest {
  fake: FakeSlack;
  connector: Connector;
  received: InboundMessage[];
  statuses: ConnectorStatus[];
  /** All that was logged, from debug on. */
  logged(): string;
  /** How long it has waited before each new attempt. */
  waits: number[];
  untilWaits(count: number): Promise<void>;
  untilState(state: ConnectorStatus["state"], times?: number): Promise<void>;
}

export interface Setting {
  now?: SlackOptions["now"];
  helloTimeoutMs?: number;
  /** How many waits pass at once; the next lasts until the connector stops. Default any number. */
  mostWaits?: number;
  fake?: Parameters<typeof startFakeSlack>[0];
  tokens?: { botToken?: string; appToken?: string };
  apiRoot?: string;
  received?: (message: InboundMessage) => Promise<void>;
}

/** How soon the fake delivers again, in the tests that wait for it. In the others it would, when the machine is slow, deliver twice. */
export const soon = { redeliverAfterMs: 300 };

/** The real library against the fake; waits between attempts are recorded rather than waited for. All ends with the test. */
export async function setUpSlack({ fake: fakeOptions, tokens, apiRoot, received: receive, now, helloTimeoutMs, mostWaits = Number.POSITIVE_INFINITY }: Setting = {}): Promise<SlackUnderTest> {
  const fake = await startFakeSlack({ redeliverAfterMs: 60_000, ...fakeOptions });
  const received: InboundMessage[] = [];
  const statuses: ConnectorStatus[] = [];
  const waits: number[] = [];
  let logged = "";
  const watching = new Set<() => void>();
  const happened = () => {
    for (const check of watching) check();
  };
  const until = (holds: () => boolean) =>
    new Promise<void>((resolve) => {
      const check = () => {
        if (!holds()) return;
        watching.delete(check);
        resolve();
      };
      watching.add(check);
      check();
    });
  const connector = createSlack({
    settings: { enabled: true, workspace: "default", apiRoot: apiRoot ?? fake.apiRoot, botToken: fake.botToken, appToken: fake.appToken, ...tokens },
    events: {
      async received(message) {
        await receive?.(message);
        received.push(message);
      },
      changed(status) {
        statuses.push(status);
        happened();
      },
    },
    log: pino({ level: "debug" }, { write: (line: string) => void (logged += line) }),
    random: () => 0,
    helloTimeoutMs,
    ...(now ? { now } : {}),
    async wait(ms, signal) {
      waits.push(ms);
      happened();
      if (waits.length > mostWaits) await once(signal, "abort");
    },
  });
  onTestFinished(async () => {
    await connector.stop();
    await fake.close();
  });
  return {
    fake,
    connector,
    received,
    statuses,
    logged: () => logged,
    waits,
    untilWaits: (count) => until(() => waits.length >= count),
    untilState: (state, times = 1) => until(() => statuses.filter((status) => status.state === state).length >= times),
  };
}

/** Connected already. */
export async function connectSlack(setting?: Setting): Promise<SlackUnderTest> {
  const slack = await setUpSlack(setting);
  slack.connector.start();
  await slack.untilState("connected");
  return slack;
}
