import type { ComponentType } from "preact";
import type { Permission } from "./gateway.ts";
import type { IconName } from "./parts/icon.tsx";

/** What a page is given. */
export interface PageProps {
  /** What is open on it: the last part of `/app/<page>/<object>`. */
  object: string | undefined;
}

/** One page: its name in the address, what the navigation calls it, and the permission without which it is not shown. */
export interface Page {
  name: string;
  title: string;
  icon: IconName;
  permission: Permission;
  load: () => Promise<ComponentType<PageProps>>;
}

/** The pages in the order of the navigation. The first that a key may see is where it begins. Each is a bundle of its own. */
export const pages: readonly Page[] = [
  { name: "chat", title: "Chat", icon: "chat", permission: "messages:write", load: async () => (await import("./chat/chat-page.tsx")).ChatPage },
  { name: "overview", title: "Overview", icon: "overview", permission: "stats:read", load: async () => (await import("./overview/overview-page.tsx")).OverviewPage },
  { name: "sessions", title: "Sessions", icon: "sessions", permission: "sessions:read", load: async () => (await import("./sessions/sessions-page.tsx")).SessionsPage },
  { name: "cron", title: "Cron", icon: "cron", permission: "cron:read", load: async () => (await import("./cron/cron-page.tsx")).CronPage },
  { name: "webhooks", title: "Webhooks", icon: "webhooks", permission: "webhooks:read", load: async () => (await import("./webhooks/webhooks-page.tsx")).WebhooksPage },
  { name: "keys", title: "Keys", icon: "keys", permission: "keys:read", load: async () => (await import("./keys/keys-page.tsx")).KeysPage },
  { name: "logs", title: "Logs", icon: "logs", permission: "logs:read", load: async () => (await import("./logs/logs-page.tsx")).LogsPage },
  { name: "settings", title: "Settings", icon: "settings", permission: "config:read", load: async () => (await import("./settings/settings-page.tsx")).SettingsPage },
];
