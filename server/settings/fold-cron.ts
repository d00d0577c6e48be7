import type { CronDelivery, CronJob } from "../../generated/server/settings.ts";
import { defaultCatchUp, defaultTimeoutMs, type Delivery, ownSession } from "../cron/job.ts";
import { readTiming } from "../cron/read-timing.ts";
import type { Timing } from "../cron/schedule.ts";
import { checkAgent } from "./fold-agents.ts";
import type { Folding } from "./folding.ts";
import { parseMoment } from "./moment.ts";
import { redact } from "./redact.ts";
import type { AgentsSettings, CronJobSettings, WebhookSettings } from "./settings.ts";

/** The jobs. */
export function foldCron({ file, fault }: Folding, agents: AgentsSettings, webhooks: readonly WebhookSettings[]): CronJobSettings[] {
  const ids = new Set<string>();
  return (file.cron?.jobs ?? []).map((job, index) => {
    const { id, agent, message, workspace = "default", sessionId = ownSession(id), overlap = "skip", timeoutMs = defaultTimeoutMs, enabled = true } = job;
    const pointer = `/cron/jobs/${index}`;
    if (ids.has(id)) fault(`${pointer}/id`, "is the id of another job of the list.");
    ids.add(id);
    if (id.length > 100) fault(`${pointer}/id`, "must have 100 characters at the most.");
    if (agent !== undefined) checkAgent(agent, `${pointer}/agent`, agents.list, fault);
    const timing = timingOf(job, (field, text) => fault(`${pointer}/${field}`, `${text}.`));
    const deliver = job.deliver ? deliveryOf(job.deliver, webhooks, (member, text) => fault(`${pointer}/deliver${member}`, text)) : null;
    const catchUp = job.catchUp ?? defaultCatchUp(timing);
    return { id, timing, workspace, agent: agent ?? null, message, sessionId, catchUp, overlap, timeoutMs, enabled, deliver };
  });
}

function deliveryOf({ channel, to, webhook }: CronDelivery, webhooks: readonly WebhookSettings[], fault: (member: string, message: string) => void): Delivery {
  if ((channel === undefined) === (webhook === undefined)) fault("", "must have either `channel` and `to`, or `webhook`.");
  if (webhook !== undefined) {
    if (to !== undefined) fault("/to", "goes with `channel`, not with `webhook`.");
    return { webhook: webhookIdOf(webhook, webhooks, (message) => fault("/webhook", message)) };
  }
  if (channel !== undefined && to === undefined) fault("/to", "is required.");
  return { channel: channel ?? "", to: to ?? "" };
}

/** By its id or its url, which may stand there several times. */
function webhookIdOf(named: string, webhooks: readonly WebhookSettings[], fault: (message: string) => void): string {
  const meant = webhooks.filter(({ id, url }) => id === named || url === named);
  if (meant.length > 1) fault(`is the url of several webhooks: name one of them by its id (${meant.map(({ id }) => id).join(", ")}).`);
  if (meant.length === 0) fault(webhooks.length === 0 ? "must be one of the webhooks of these settings, which have none." : `must be the url or the id of one of the webhooks of these settings (${webhooks.map(shown).join(", ")}).`);
  return meant[0]?.id ?? named;
}

function shown({ id, url }: WebhookSettings): string {
  return `${(redact({ url }) as { url: string }).url} is ${id}`;
}

/** Nobody sees what stands in the place of a timing that is none: the settings are refused. */
function timingOf({ at, ...written }: CronJob, fault: (field: string, message: string) => void): Timing {
  const moment = at === undefined ? undefined : parseMoment(at);
  if (at !== undefined && moment === undefined) fault("at", "must be a date and time such as 2027-01-31T12:00:00Z");
  return readTiming({ ...written, at: at === undefined ? undefined : (moment ?? 0) }, null, fault) ?? { kind: "at", at: 0 };
}
