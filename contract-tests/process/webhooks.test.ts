import { expect, onTestFinished, test } from "vitest";
import { startOpenAiUpstream } from "../fakes/openai-upstream.ts";
import { startWebhookReceiver, type Received } from "../fakes/webhook-receiver.ts";
import type { BodyOf } from "../contract/operations.ts";
import { type GatewayProcess, settingsFor, startGatewayProcess, temporaryFolder } from "./gateway-process.ts";

const turns = 200;

test("kill -9 in the middle of 1,000 deliveries to a receiver that fails a third of the time: every event arrives, under one id", { timeout: 120_000 }, async () => {
  const upstream = await startOpenAiUpstream();
  onTestFinished(() => upstream.close());
  const receiver = await startWebhookReceiver({ react: (_delivery, response, number) => void response.writeHead(number % 3 === 0 ? 500 : 204).end() });
  onTestFinished(() => receiver.close());
  const folder = temporaryFolder();
  const outgoing = [{ url: receiver.url, secret: "your-webhook-secret", events: ["*"], retry: { maxAttempts: 20, backoffMs: 20 }, timeoutMs: 1000 }];
  const settings = { ...settingsFor(upstream), api: { webhooks: { outgoing } }, network: { allowPrivate: ["127.0.0.1"] } };

  const first = await startGatewayProcess({ folder, settings });
  let said = 0;
  const talk = async (): Promise<void> => {
    while (said < turns) await first.call("/api/v1/chat", { json: { message: `Hello ${said++}`, conversationId: null } }).catch(() => {});
  };
  const talking = Promise.all(Array.from({ length: 8 }, talk));
  await expect.poll(() => receiver.accepted.size, { timeout: 60_000, interval: 5 }).toBeGreaterThan(turns);
  first.cli.kill("SIGKILL");
  await first.cli.exit;
  await talking;
  expect(receiver.accepted.size).toBeLessThan(turns * 5);

  const second = await startGatewayProcess({ folder, settings });
  while ((await eventsOf(second)).length < turns * 5) await second.call("/api/v1/chat", { json: { message: "Hello again", conversationId: null } });
  const happened = await eventsOf(second);
  await expect.poll(() => happened.filter(({ id }) => !receiver.accepted.has(id)).length, { timeout: 60_000 }).toBe(0);

  // No id stands for two events, and no event has two ids.
  const bodies = new Map<string, Set<string>>();
  for (const { event, raw } of receiver.received) bodies.set(event.id, (bodies.get(event.id) ?? new Set()).add(raw));
  expect([...bodies.values()].filter(({ size }) => size !== 1)).toEqual([]);
  const ids = new Map<string, Set<string>>();
  for (const { event } of receiver.received) ids.set(tells(event), (ids.get(tells(event)) ?? new Set()).add(event.id));
  expect([...ids.values()].filter(({ size }) => size !== 1)).toEqual([]);
  expect(new Set(bodies.keys())).toEqual(new Set(happened.map(({ id }) => id)));
});

const tells = ({ event, data }: Received["event"]): string => JSON.stringify([event, data]);

async function eventsOf(gateway: GatewayProcess): Promise<BodyOf<"listEvents", 200>["events"]> {
  const events: BodyOf<"listEvents", 200>["events"] = [];
  for (let after: string | undefined = ""; after !== undefined; ) {
    const page = (await (await gateway.call(`/api/v1/events?limit=100${after && `&after=${after}`}`)).json()) as BodyOf<"listEvents", 200>;
    events.push(...page.events);
    after = page.nextCursor;
  }
  return events;
}
