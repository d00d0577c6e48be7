import type { Logger } from "pino";
import { composeStats } from "./compose-stats.ts";
import { encodeEvent } from "./events/encode.ts";
import { createEventsHandlers } from "./events/handlers.ts";
import { createEvents } from "./events/service.ts";
import { createEventStore } from "./events/store.ts";
import { recordInvocations } from "./events/tool-events.ts";
import type { EventWriter } from "./events/writer.ts";
import type { SecretMask } from "./secrets.ts";
import type { Settings } from "./settings/settings.ts";
import type { Database } from "./storage/database.ts";
import { createDeliver } from "./webhooks/deliver.ts";
import { createDeliveryStore } from "./webhooks/delivery-store.ts";
import { createDispatch } from "./webhooks/dispatch.ts";
import { createEndpoints } from "./webhooks/endpoints.ts";
import { createWebhooksHandlers } from "./webhooks/handlers.ts";
import { createOutbox } from "./webhooks/outbox.ts";
import { createOutgoing } from "./webhooks/outgoing.ts";
import { createQueue } from "./webhooks/queue.ts";
import { createWebhooks } from "./webhooks/service.ts";
import { createWebhookStore } from "./webhooks/store.ts";
import { createTester } from "./webhooks/test-event.ts";
import type { Workspaces } from "./workspaces/service.ts";

interface EventsOptions {
  database: Database;
  writer: EventWriter;
  workspaces: Pick<Workspaces, "getFor" | "onDeleted">;
  settings: Settings;
  mask: Pick<SecretMask, "learn">;
  version: string;
  log: Logger;
  now: () => number;
}

/** The log of events, the webhooks that are called by it, and the statistics that are counted up from it. From here on, what is written to the log is delivered. */
export async function composeEvents({ database, writer, workspaces, settings, mask, version, log, now }: EventsOptions) {
  const eventStore = await createEventStore({ database });
  const { usage, handlers: statsHandlers } = composeStats({ database, events: eventStore, writer, workspaces, log, now });
  const events = createEvents({ store: eventStore, writer, beforePruning: usage.catchUp, workspaces, log, now, retentionDays: settings.events.retentionDays });

  const store = createWebhookStore({ database });
  const deliveries = createDeliveryStore({ database });
  const endpoints = createEndpoints({ store, now, onSecrets: mask.learn });
  const outgoing = createOutgoing(settings.network.allowPrivate);
  const agent = () => outgoing.agent;
  const queue = createQueue({
    deliveries,
    endpoints,
    eventsOf: (cursors) => eventStore.byCursors(cursors),
    render: (event) => JSON.stringify(encodeEvent(event, events.ids)),
    deliver: createDeliver({ agent, eventIdOf: (cursor) => events.ids.of(cursor), disable: (id, reason) => endpoints.disable(id, reason), version, now, log }),
    now,
    log,
  });
  const dispatch = createDispatch({ deliveries, endpoints, queue, outgoing, settings, log, now });
  writer.accompany(createOutbox({ endpoints, deliveries, now, onWritten: (webhookId) => queue.expect(webhookId) }));
  // Its webhooks are gone, and nobody who makes it again is to have them called.
  workspaces.onDeleted(() => endpoints.load());
  const isKept = async (cursor: number) => (await eventStore.byCursors([cursor])).length > 0;
  const webhooks = createWebhooks({ store, deliveries, endpoints, queue, isKept, workspaces, test: createTester({ agent, version, now }), now });

  return {
    events,
    usage,
    dispatch,
    webhooks,
    onInvoked: recordInvocations({ events: writer, log, now }),
    handlers: { ...createEventsHandlers({ events }), ...createWebhooksHandlers({ webhooks, eventIds: events.ids }), ...statsHandlers },
  };
}
