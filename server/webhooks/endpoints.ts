import { isDeepStrictEqual } from "node:util";
import type { EventType } from "../events/event.ts";
import type { WebhookSettings } from "../settings/settings.ts";
import type { WebhookStore } from "./store.ts";
import { ofSettings, type Webhook } from "./webhook.ts";

/** The webhooks of the settings and of the database as one, in memory: each event of each turn asks who wants it. */
export interface Endpoints {
  /** In the order of their ids. */
  all(): readonly Webhook[];
  find(id: string): Webhook | undefined;
  /** Those that are enabled and want events of a type. Their workspaces are not looked at. */
  wanting(type: EventType): readonly Webhook[];
  /** Takes the webhooks of the settings, in the place of those before; the ids of those that are gone. */
  use(settings: readonly WebhookSettings[]): string[];
  /** Takes those of the database as they stand: this gateway, or another on the same one, has changed them. */
  load(): void;
  /** Lets one be called no more. One of the settings is called again once it is changed there, and at the next start. */
  disable(id: string, reason: string): Promise<void>;
}

export interface EndpointsOptions {
  store: WebhookStore;
  now: () => number;
  /** Told of each stored secret once, before it is used. */
  onSecrets: (secrets: readonly string[]) => void;
}

export function createEndpoints({ store, now, onSecrets }: EndpointsOptions): Endpoints {
  let declared: readonly Webhook[] = [];
  let byId = new Map<string, Webhook>();
  let byType = new Map<EventType, Webhook[]>();
  const told = new Set<string>();

  function tell(stored: readonly Webhook[]): void {
    const fresh = stored.flatMap(({ secret, previousSecret }) => [secret, previousSecret ?? ""]).filter((secret) => secret !== "" && !told.has(secret));
    if (fresh.length === 0) return;
    onSecrets(fresh);
    for (const secret of fresh) told.add(secret);
  }

  function load(): void {
    const stored = store.all();
    tell(stored);
    byId = new Map([...declared, ...stored].sort((a, b) => (a.id < b.id ? -1 : 1)).map((webhook) => [webhook.id, webhook]));
    // Filled as they are asked for.
    byType = new Map();
  }

  return {
    all: () => [...byId.values()],
    find: (id) => byId.get(id),
    wanting(type) {
      let wanting = byType.get(type);
      if (wanting === undefined) {
        wanting = [...byId.values()].filter(({ enabled, events }) => enabled && (events.includes("*") || events.includes(type)));
        byType.set(type, wanting);
      }
      return wanting;
    },
    use(settings) {
      const before = declared;
      declared = settings.map((one) => {
        const next = ofSettings(one);
        const same = before.find(({ id }) => id === next.id);
        return same && isDeepStrictEqual({ ...same, enabled: true, disabledReason: null }, next) ? same : next;
      });
      load();
      return before.filter(({ id }) => !byId.has(id)).map(({ id }) => id);
    },
    load,
    async disable(id, reason) {
      const change = { enabled: false, disabledReason: reason };
      if (byId.get(id)?.source === "stored") await store.update(id, { ...change, updatedAt: now() });
      else declared = declared.map((webhook) => (webhook.id === id ? { ...webhook, ...change } : webhook));
      load();
    },
  };
}
