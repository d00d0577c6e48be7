import type { Logger } from "pino";
import type { Agents } from "../agents/service.ts";
import type { Channels } from "../channels/service.ts";
import type { Chat } from "../chat/service.ts";
import { GatewayError } from "../errors.ts";
import { newId } from "../ids.ts";
import { homeWorkspace, mayDo, maySee, type Principal } from "../keys/principal.ts";
import type { Sessions } from "../sessions/service.ts";
import type { CronJobSettings } from "../settings/settings.ts";
import { decodeCursor } from "../storage/cursor.ts";
import { toPage, type Page } from "../storage/page.ts";
import type { Workspaces } from "../workspaces/service.ts";
import type { Webhooks } from "../webhooks/service.ts";
import type { FireStore } from "./fire-store.ts";
import { type CronFire, type CronJob, defaultCatchUp, defaultTimeoutMs, type Delivery, jobPrincipal, ownSession, type TimedJob, webhookOf } from "./job.ts";
import { clockOf, createCronJobs, timingText } from "./jobs.ts";
import { readTiming, type WrittenTiming } from "./read-timing.ts";
import type { Timing } from "./schedule.ts";
import { createScheduler } from "./scheduler.ts";
import type { CronStore } from "./store.ts";

/** What a request says of a job; what it does not name stays, or is the default. */
export interface JobChange extends WrittenTiming {
  message?: string | undefined;
  agentId?: string | null | undefined;
  sessionId?: string | null | undefined;
  catchUp?: CronJob["catchUp"] | undefined;
  overlap?: CronJob["overlap"] | undefined;
  timeoutMs?: number | undefined;
  deliver?: Delivery | null | undefined;
  deleteAfterRun?: boolean | undefined;
  enabled?: boolean | undefined;
}

export interface WantedJob extends JobChange {
  message: string;
  id?: string | undefined;
  workspaceId?: string | undefined;
}

type PageOf = { limit: number; cursor?: string | undefined };

/** Cron jobs. A key sees those of its workspaces; any other is `not_found`. */
export interface Cron {
  /** In the order of their ids. Throws `bad_request` on a cursor that is none of this list. */
  list(principal: Principal, page: PageOf): Promise<Page<TimedJob>>;
  get(principal: Principal, id: string): Promise<TimedJob>;
  /** Throws `bad_request` on a timing that never fires, and on an unknown agent or webhook; `forbidden` on `deliver` without `channels:send`, or `webhooks:write`; `not_found` on a workspace or session of somebody else; `conflict` on a taken id. */
  create(principal: Principal, wanted: WantedJob): Promise<TimedJob>;
  /** From then on the job has the rights of this key. Throws as `create` does, and `conflict` on a job of the settings. */
  update(principal: Principal, id: string, change: JobChange): Promise<TimedJob>;
  /** Throws `conflict` on a job of the settings. */
  delete(principal: Principal, id: string): Promise<void>;
  /** The newest first. */
  fires(principal: Principal, id: string, page: PageOf): Promise<Page<CronFire>>;
  /** Runs it now; the id of the run. Throws `conflict` when it is running already, or cannot begin. */
  run(principal: Principal, id: string): Promise<string>;
  /** Takes the jobs of the settings, in the place of those before. */
  use(jobs: readonly CronJobSettings[]): Promise<void>;
  /** Begins to watch the clock. */
  start(): Promise<void>;
  /** Starts no run any more. Resolves once those under way have ended. */
  stop(): Promise<void>;
}

interface CronOptions {
  store: CronStore;
  fires: FireStore;
  agents: Agents;
  workspaces: Workspaces;
  sessions: Sessions;
  chat: Pick<Chat, "begin">;
  channels: Pick<Channels, "send">;
  webhooks: Pick<Webhooks, "checkNamed" | "obstacle">;
  now: () => number;
  log: Logger;
}

export function createCron({ store, fires, agents, workspaces, sessions, chat, channels, webhooks, now, log }: CronOptions): Cron {
  const jobs = createCronJobs({ store, now, log });
  const scheduler = createScheduler({
    fires,
    findJob: jobs.find,
    settingsIds: jobs.settingsIds,
    begin: ({ principal, message, sessionId, workspaceId, agentId }) =>
      chat.begin({
        face: "workspaces",
        principal,
        requestId: newId("req"),
        message,
        sessionId,
        sessionPrefix: "sess",
        channel: "cron",
        stream: false,
        keep: true,
        byClock: true,
        workspaceId,
        agentId: agentId ?? undefined,
      }),
    hasWorkspace,
    async send({ principal, source, deliver }, text) {
      if (!deliver || "webhook" in deliver) return;
      // Who writes the settings may name any channel of them.
      const sender = source === "settings" ? { ...principal, workspaces: "*" as const } : principal;
      await channels.send(sender, { channel: deliver.channel, chatId: deliver.to, message: text }, { format: "markdown", isPatient: true });
    },
    obstacle(job) {
      const webhookId = webhookOf(job);
      return webhookId === null ? null : webhooks.obstacle(webhookId, job.workspaceId);
    },
    async onDone(job) {
      const found = await jobs.find(job.id);
      if (found?.source === "stored" && found.updatedAt === job.updatedAt) await store.delete(job.id);
    },
    now,
    log,
  });

  async function hasWorkspace(job: CronJob): Promise<boolean> {
    try {
      await workspaces.getFor(job.principal, job.workspaceId);
      return true;
    } catch (thrown) {
      if (thrown instanceof GatewayError && thrown.code === "not_found") return false;
      throw thrown;
    }
  }

  async function find(principal: Principal, id: string): Promise<CronJob> {
    const job = await jobs.find(id);
    if (!job || !maySee(principal, job.workspaceId)) throw noJob(id);
    return job;
  }

  async function findStored(principal: Principal, id: string): Promise<CronJob> {
    const job = await find(principal, id);
    if (job.source === "settings") throw new GatewayError("conflict", `The job \`${id}\` stands in the settings. Change it there, at cron.jobs.`);
    return job;
  }

  const timed = async (job: CronJob): Promise<TimedJob> => (await jobs.timed([job]))[0]!;

  /** What could never run is refused. */
  async function check(principal: Principal, job: CronJob, { agentId, sessionId, deliver }: JobChange): Promise<void> {
    if (job.deliver) requireDelivery(principal, job.deliver);
    // One that was named before may have been deleted since: the rest can be changed all the same.
    if (deliver && "webhook" in deliver) webhooks.checkNamed(principal, deliver.webhook, { workspaceId: job.workspaceId, pointer: "/deliver/webhook" });
    if (agentId != null) agents.named(agentId, "/agent");
    // Throws on the session of another workspace.
    if (sessionId != null) await sessions.find(job.principal, sessionId);
  }

  return {
    async list(principal, { limit, cursor }) {
      const after = cursor === undefined ? "" : decodeCursor(cursor, ["string"])[0];
      const page = toPage(await jobs.list(principal, { after, limit }), limit, (job) => job, ({ id }) => [id]);
      return { ...page, items: await jobs.timed(page.items) };
    },
    get: async (principal, id) => timed(await find(principal, id)),
    async create(principal, wanted) {
      const { id = newId("job"), workspaceId = homeWorkspace(principal) } = wanted;
      const time = now();
      const timing = timingOf(wanted, null, time);
      await workspaces.getFor(principal, workspaceId);
      const job: CronJob = {
        id,
        source: "stored",
        workspaceId,
        timing,
        agentId: wanted.agentId ?? null,
        message: wanted.message,
        sessionId: wanted.sessionId === undefined ? ownSession(id) : wanted.sessionId,
        catchUp: wanted.catchUp ?? defaultCatchUp(timing),
        overlap: wanted.overlap ?? "skip",
        timeoutMs: wanted.timeoutMs ?? defaultTimeoutMs,
        deliver: wanted.deliver ?? null,
        deleteAfterRun: wanted.deleteAfterRun ?? false,
        enabled: wanted.enabled ?? true,
        principal: jobPrincipal(principal, workspaceId),
        createdAt: time,
        updatedAt: time,
      };
      await check(principal, job, job);
      if (jobs.settingsIds().includes(id) || (await store.find(id))) throw new GatewayError("conflict", `There is a job \`${id}\` already. Choose another id.`);
      await store.insert(job, clockOf(job, time));
      scheduler.wake();
      return timed(job);
    },
    async update(principal, id, change) {
      const before = await findStored(principal, id);
      const time = now();
      const { message = before.message, agentId = before.agentId, sessionId = before.sessionId, catchUp = before.catchUp, overlap = before.overlap } = change;
      const { timeoutMs = before.timeoutMs, deliver = before.deliver, deleteAfterRun = before.deleteAfterRun, enabled = before.enabled } = change;
      const timing = timingOf(change, before.timing, time);
      // Else whoever may do less could have the job do more.
      const rights = jobPrincipal(principal, before.workspaceId);
      const job: CronJob = { ...before, timing, message, agentId, sessionId, catchUp, overlap, timeoutMs, deliver, deleteAfterRun, enabled, principal: rights, updatedAt: time };
      await check(principal, job, change);
      const isThere = await store.update(job, timingText(job) === timingText(before) ? null : clockOf(job, time));
      if (!isThere) throw noJob(id);
      scheduler.wake();
      return timed(job);
    },
    async delete(principal, id) {
      await findStored(principal, id);
      await store.delete(id);
    },
    fires: async (principal, id, page) => fires.fires(await find(principal, id), page),
    async run(principal, id) {
      const job = await find(principal, id);
      const run = await scheduler.runNow(job).catch((thrown: unknown) => {
        throw notBegun(job, GatewayError.from(thrown));
      });
      if (!run) throw new GatewayError("conflict", `The job \`${id}\` is running already.`);
      return run.id;
    },
    async use(settings) {
      await jobs.use(settings);
      scheduler.wake();
    },
    start: () => scheduler.start(),
    stop: () => scheduler.stop(),
  };
}

function requireDelivery(principal: Principal, deliver: Delivery): void {
  const permission = "webhook" in deliver ? "webhooks:write" : "channels:send";
  if (!mayDo(principal, permission)) throw new GatewayError("forbidden", `This key lacks the permission \`${permission}\`, which a job with this \`deliver\` needs.`, { details: { permission } });
}

function noJob(id: string): GatewayError {
  return new GatewayError("not_found", `There is no cron job \`${id}\`.`);
}

/** What is wrong with the job is no fault of the request to run it. */
function notBegun(job: CronJob, error: GatewayError): GatewayError {
  if (["internal_error", "rate_limited", "service_unavailable"].includes(error.code)) return error;
  return new GatewayError("conflict", `The job \`${job.id}\` could not begin: ${error.message}`, { details: error.details, cause: error });
}

/** Throws `bad_request` on what is no timing, or a moment that has been. */
function timingOf(written: WrittenTiming, before: Timing | null, now: number): Timing {
  const timing = readTiming(written, before, refuse);
  if (written.at !== undefined && written.at <= now) refuse("at", "must not be in the past");
  return timing ?? refuse("schedule", "is required");
}

function refuse(field: string, message: string): never {
  throw new GatewayError("bad_request", `/${field} ${message}.`, { details: { errors: [{ path: `/${field}`, message }] } });
}
