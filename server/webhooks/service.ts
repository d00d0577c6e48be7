import { randomBytes } from "node:crypto";
import { setImmediate as nextRound } from "node:timers/promises";
import { GatewayError } from "../errors.ts";
import { newId } from "../ids.ts";
import { homeWorkspace, maySee, type Principal, requireUnbound } from "../keys/principal.ts";
import { decodeCursor } from "../storage/cursor.ts";
import { type Page, toPage } from "../storage/page.ts";
import type { Workspaces } from "../workspaces/service.ts";
import { checkAddress } from "./check-address.ts";
import type { DeliveryStore, ReplayRange } from "./delivery-store.ts";
import type { Endpoints } from "./endpoints.ts";
import type { Queue } from "./queue.ts";
import type { WebhookChange, WebhookStore } from "./store.ts";
import type { Tester, TestResult } from "./test-event.ts";
import { type Delivery, type DeliveryStatus, isFor, type Webhook } from "./webhook.ts";

/** A webhook to make; what is undefined is the default. */
export type WantedWebhook = { [Name in "description" | "enabled" | "edition" | "maxAttempts" | "backoffMs" | "timeoutMs" | "concurrency"]: Webhook[Name] | undefined } & Pick<Webhook, "url" | "events"> & {
    /** Null: all; undefined: as the key is bound. */
    workspaceId: string | null | undefined;
    secret: string | undefined;
  };

/** A webhook, and what became of the newest of its deliveries. */
export interface ShownWebhook {
  webhook: Webhook;
  last: Delivery | null;
}

type PageOf = { limit: number; cursor?: string | undefined };

/** Webhooks. A key sees those of its workspaces, one that is bound to none those of all, too; any other is `not_found`. */
export interface Webhooks {
  /** Those of the settings and of the database, in the order of their ids. */
  list(principal: Principal, page: PageOf): Promise<Page<ShownWebhook>>;
  get(principal: Principal, id: string): Promise<ShownWebhook>;
  /** For something of a workspace that names a webhook to be told. Throws `bad_request` at `pointer`, listing those that the key sees and that may be told. */
  checkNamed(principal: Principal, id: string, place: { workspaceId: string; pointer: string }): void;
  /** Why a webhook is not told of something in a workspace that is for it; null when it is. */
  obstacle(id: string, workspaceId: string): string | null;
  /** Throws `bad_request` on an address that cannot be; `not_found` on a workspace of somebody else; `forbidden` to a bound key that wants all. */
  create(principal: Principal, wanted: WantedWebhook): Promise<ShownWebhook>;
  /** Throws `conflict` on a webhook of the settings, as the two below do. */
  update(principal: Principal, id: string, change: Omit<WebhookChange, "secret">): Promise<ShownWebhook>;
  delete(principal: Principal, id: string): Promise<void>;
  rotateSecret(principal: Principal, id: string, rotation: { secret: string | undefined; overlapMs: number }): Promise<ShownWebhook>;
  test(principal: Principal, id: string): Promise<TestResult>;
  /** The newest first. */
  deliveries(principal: Principal, id: string, filter: PageOf & { status: DeliveryStatus | undefined }): Promise<Page<Delivery>>;
  deadLetters(principal: Principal, page: PageOf): Promise<Page<Delivery>>;
  /** Throws `conflict` on one that is pending, whose webhook is disabled, or whose event is kept no more. */
  replay(principal: Principal, deliveryId: string): Promise<Delivery>;
  /** How many it were. Throws `conflict` on a webhook that is disabled. */
  replayRange(principal: Principal, range: ReplayRange): Promise<number>;
}

interface WebhooksOptions {
  store: WebhookStore;
  deliveries: DeliveryStore;
  endpoints: Endpoints;
  queue: Pick<Queue, "expect" | "look">;
  /** Whether an event is still in the log. */
  isKept: (eventCursor: number) => Promise<boolean>;
  workspaces: Pick<Workspaces, "getFor">;
  test: Tester;
  now: () => number;
}

const defaults = { description: null, enabled: true, edition: "workspaces", maxAttempts: 8, backoffMs: 5000, timeoutMs: 5000, concurrency: 1 } as const;
const mostAtOnce = 500;

export function createWebhooks({ store, deliveries, endpoints, queue, isKept, workspaces, test, now }: WebhooksOptions): Webhooks {
  const mayUse = (principal: Principal, { workspaceId }: Webhook) => (workspaceId === null ? principal.workspaces === "*" : maySee(principal, workspaceId));
  const shown = (webhook: Webhook): ShownWebhook => ({ webhook, last: deliveries.newest(webhook.id) });

  function visible(principal: Principal): Webhook[] {
    endpoints.load();
    return endpoints.all().filter((webhook) => mayUse(principal, webhook));
  }

  function find(principal: Principal, id: string): Webhook {
    const webhook = visible(principal).find((one) => one.id === id);
    if (!webhook) throw noWebhook(id);
    return webhook;
  }

  function findStored(principal: Principal, id: string): Webhook {
    const webhook = find(principal, id);
    if (webhook.source === "settings") throw new GatewayError("conflict", `The webhook \`${id}\` stands in the settings. Change it there, at webhooks.outbound or api.webhooks.outgoing.`);
    return webhook;
  }

  function findEnabled(principal: Principal, id: string): Webhook {
    const webhook = find(principal, id);
    if (!webhook.enabled) throw new GatewayError("conflict", `${isDisabled(webhook)} Enable it first.`);
    return webhook;
  }

  function takeUp(): void {
    endpoints.load();
    queue.look();
  }

  async function change(id: string, changed: WebhookChange): Promise<ShownWebhook> {
    const isThere = await store.update(id, { ...changed, updatedAt: now() });
    takeUp();
    const webhook = endpoints.find(id);
    if (!isThere || !webhook) throw noWebhook(id);
    return shown(webhook);
  }

  async function pageOf(webhookIds: readonly string[], { limit, cursor, status }: PageOf & { status: DeliveryStatus | undefined }): Promise<Page<Delivery>> {
    const before = cursor === undefined ? null : decodeCursor(cursor, ["string"])[0];
    return toPage(await deliveries.list({ webhookIds, status, before, limit: limit + 1 }), limit, (delivery) => delivery, ({ id }) => [id]);
  }

  return {
    async list(principal, { limit, cursor }) {
      const after = cursor === undefined ? "" : decodeCursor(cursor, ["string"])[0];
      const behind = visible(principal).filter(({ id }) => id > after);
      return toPage(behind.slice(0, limit + 1), limit, shown, ({ id }) => [id]);
    },
    get: async (principal, id) => shown(find(principal, id)),
    checkNamed(principal, id, { workspaceId, pointer }) {
      const known = visible(principal).filter((webhook) => isFor(webhook, workspaceId));
      if (known.some((webhook) => webhook.id === id)) return;
      const webhooks = known.map((webhook) => webhook.id);
      const [those, must] = webhooks.length === 0 ? ["Make one first", "must be a webhook's id"] : [`The webhooks are ${webhooks.join(", ")}`, `must be one of ${webhooks.join(", ")}`];
      throw new GatewayError("bad_request", `There is no webhook \`${id}\`. ${those}.`, { details: { errors: [{ path: pointer, message: must }], webhooks } });
    },
    obstacle(id, workspaceId) {
      // Another gateway may have deleted it.
      endpoints.load();
      const webhook = endpoints.find(id);
      if (!webhook || !isFor(webhook, workspaceId)) return `There is no webhook \`${id}\`.`;
      return webhook.enabled ? null : isDisabled(webhook);
    },
    async create(principal, wanted) {
      checkAddress(wanted.url);
      const { workspaceId = principal.workspaces === "*" ? null : homeWorkspace(principal) } = wanted;
      if (workspaceId === null) requireUnbound(principal, "Webhooks without a workspace");
      else await workspaces.getFor(principal, workspaceId);
      const { description, enabled, edition, maxAttempts, backoffMs, timeoutMs, concurrency } = { ...defaults, ...defined(wanted) };
      const time = now();
      const webhook: Webhook = {
        id: newId("whk"),
        source: "stored",
        url: wanted.url,
        events: wanted.events,
        workspaceId,
        description,
        enabled,
        disabledReason: null,
        edition,
        maxAttempts,
        backoffMs,
        timeoutMs,
        concurrency,
        secret: wanted.secret ?? newSecret(),
        previousSecret: null,
        previousUntil: null,
        createdAt: time,
        updatedAt: time,
      };
      await store.insert(webhook);
      takeUp();
      return shown(webhook);
    },
    async update(principal, id, wanted) {
      if (wanted.url !== undefined) checkAddress(wanted.url);
      findStored(principal, id);
      return change(id, wanted.enabled === undefined ? wanted : { ...wanted, disabledReason: null });
    },
    async delete(principal, id) {
      findStored(principal, id);
      const isDeleted = await store.delete(id);
      takeUp();
      if (!isDeleted) throw noWebhook(id);
      while ((await deliveries.deleteOf(id, mostAtOnce)) === mostAtOnce) await nextRound();
    },
    async rotateSecret(principal, id, { secret = newSecret(), overlapMs }) {
      const { secret: before } = findStored(principal, id);
      const isOverlapping = overlapMs > 0;
      return change(id, { secret, previousSecret: isOverlapping ? before : null, previousUntil: isOverlapping ? now() + overlapMs : null });
    },
    test: async (principal, id) => test(find(principal, id)),
    deliveries: async (principal, id, filter) => pageOf([find(principal, id).id], filter),
    deadLetters: async (principal, page) => pageOf(visible(principal).map(({ id }) => id), { ...page, status: "dead" }),
    async replay(principal, deliveryId) {
      const delivery = await deliveries.find(deliveryId);
      if (!delivery || !visible(principal).some(({ id }) => id === delivery.webhookId)) throw noDelivery(deliveryId);
      findEnabled(principal, delivery.webhookId);
      if (delivery.body === null && !(await isKept(delivery.eventCursor))) throw new GatewayError("conflict", `The event of the delivery \`${deliveryId}\` is kept no more.`);
      const time = now();
      if (!(await deliveries.replay(deliveryId, time))) throw new GatewayError("conflict", `The delivery \`${deliveryId}\` is pending already.`);
      queue.expect(delivery.webhookId);
      return { ...delivery, status: "pending", dueAt: time, failures: 0 };
    },
    async replayRange(principal, range) {
      const { id } = findEnabled(principal, range.webhookId);
      let replayed = 0;
      for (let after = "", isMore = true; isMore; ) {
        const { count, last } = await deliveries.replayRange(range, { after, at: now(), most: mostAtOnce });
        replayed += count;
        after = last;
        isMore = count === mostAtOnce;
        queue.expect(id);
        await nextRound();
      }
      return replayed;
    },
  };
}

function defined<T extends object>(value: T): { [Name in keyof T]: Exclude<T[Name], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as never;
}

/** As Standard Webhooks wants it: 24 to 64 bytes of chance. */
function newSecret(): string {
  return `whsec_${randomBytes(32).toString("base64")}`;
}

function isDisabled({ id, disabledReason }: Webhook): string {
  return `The webhook \`${id}\` is disabled${disabledReason === null ? "." : `: ${disabledReason}`}`;
}

function noWebhook(id: string): GatewayError {
  return new GatewayError("not_found", `There is no webhook \`${id}\`.`);
}

function noDelivery(id: string): GatewayError {
  return new GatewayError("not_found", `There is no delivery \`${id}\`.`);
}
