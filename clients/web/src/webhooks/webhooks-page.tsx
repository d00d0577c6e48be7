import type { PageProps } from "../pages.ts";
import { DeadLetters } from "./dead-letters.tsx";
import { deadLetters } from "./webhook-views.tsx";
import { WebhookList } from "./webhook-list.tsx";
import { WebhookView } from "./webhook-view.tsx";
import "./webhooks.css";

/** The applications that are called when something happens. */
export function WebhooksPage({ object }: PageProps) {
  if (object === undefined) return <WebhookList />;
  return object === deadLetters ? <DeadLetters /> : <WebhookView key={object} webhookId={object} />;
}
