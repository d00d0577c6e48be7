import { join } from "node:path";
import pino from "pino";
import { onTestFinished, vi } from "vitest";
import { createAgents } from "../agents/service.ts";
import type { ChannelMessage } from "../channels/service.ts";
import type { ChatInput } from "../chat/service.ts";
import type { GatewayError } from "../errors.ts";
import { newId } from "../ids.ts";
import type { Principal } from "../keys/principal.ts";
import { testPrincipal } from "../keys/testing.ts";
import { Run } from "../runs/run.ts";
import { createSessions } from "../sessions/service.ts";
import type { NewEvent } from "../events/event.ts";
import { createEventWriter } from "../events/writer.ts";
import { createSessionStore } from "../sessions/store.ts";
import type { CronJobSettings } from "../settings/settings.ts";
import { temporaryDatabase, temporaryFolder } from "../storage/testing.ts";
import { createWorkspaces } from "../workspaces/service.ts";
import { createWorkspaceStore } from "../workspaces/store.ts";
import { createFireStore } from "./fire-store.ts";
import { createCron } from "./service.ts";
import { createCronStore } from "./store.ts";

// A clock that tests move, and cron jobs whose turns they end.

/** Stops timers and the date at a moment; a test moves them with `pass`. */
export function stopClock(at: string): void {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"], now: Date.parse(at) });
  onTestFinished(() => void vi.useRealTimers());
}

/** Lets time go by, second by second, and what is due at each be done. */
export async function pass(seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    vi.advanceTimersByTime(1000);
    await settle();
  }
}

/** The machine is asleep, or the process gone: time goes by, and no timer fires. */
export function sleep(seconds: number): void {
  vi.setSystemTime(Date.now() + seconds * 1000);
}

/** The database answers at once or in the next round of the event loop: after some rounds nothing is under way that no timer waits for. */
export async function settle(): Promise<void> {
  for (let round = 0; round < 40; round++) await new Promise((resolve) => setImmediate(resolve));
}

/** A folder that several gateways share a database in. */
export const sharedUrl = () => `sqlite:${join(temporaryFolder(), "shared.db")}`;

/** What a turn was asked for, and its run, which the test ends. */
export interface BegunTurn extends ChatInput {
  run: Run;
  answer(): void;
}

export async function cronOn(url = "sqlite::memory:", { ids = ["default", "team"], jobs = [] as CronJobSettings[], isWatching = true } = {}) {
  const database = await temporaryDatabase(url);
  const agents = createAgents({ list: ["main", "other"].map((id) => ({ id, name: id, description: "", model: null, systemPrompt: "", tools: [], denyTools: [], skills: [], maxSteps: 4, summarize: false })), default: "main" });
  const workspaces = createWorkspaces({ store: createWorkspaceStore({ database }), agents, runs: { cancelIn: async () => {}, forgetIn: () => {} }, now: () => Date.now() });
  await workspaces.seed(ids.map((id) => ({ id, label: id, agent: null, skills: [], allowlist: [] })));
  const store = createCronStore({ database });
  const events = createEventWriter({ database });
  const written: NewEvent[] = [];
  events.accompany((event) => (written.push(event), null));
  const fires = createFireStore({ database, events });
  const turns: BegunTurn[] = [];
  const refusal: { next: GatewayError | null; send: GatewayError | null; tell: string | null } = { next: null, send: null, tell: null };
  const deliveries: ({ principal: Principal } & ChannelMessage)[] = [];
  const cron = createCron({
    store,
    fires,
    workspaces,
    sessions: createSessions({ store: createSessionStore({ database, events }), workspaces }),
    agents,
    chat: {
      async begin(input) {
        if (refusal.next) throw refusal.next;
        const { face, principal, requestId, sessionId, workspaceId = "default", agentId = "main", channel } = input;
        const run = new Run({ id: newId("run"), face, principal, requestId, sessionId, workspaceId, agentId, userId: null, channel, createdAt: Date.now(), isStreamed: false, faceOptions: {} }, 1000);
        run.signal.addEventListener("abort", () => run.fail(run.signal.reason as GatewayError, Date.now()));
        const answer = () => run.complete({ type: "finished", finishReason: "stop", usage: { inputTokens: 1, outputTokens: 1 }, latencyMs: 1, toolsInvoked: [], callerToolCalls: [] }, Date.now());
        turns.push({ ...input, run, answer });
        return run;
      },
    },
    channels: {
      async send(principal, message) {
        if (refusal.send) throw refusal.send;
        deliveries.push({ principal, ...message });
        return { messageId: "1", parts: 1, channel: "telegram", chatId: message.chatId };
      },
    },
    webhooks: {
      checkNamed() {},
      obstacle: () => refusal.tell,
    },
    now: () => Date.now(),
    log: pino({ level: "silent" }),
  });
  // The run of a test that fails goes on; nobody is to wait for it.
  onTestFinished(() => turns.forEach(({ run, answer }) => run.status === "running" && answer()));
  await cron.use(jobs);
  if (isWatching) await cron.start();
  await settle();

  const owner = testPrincipal();
  return {
    cron,
    store,
    fires,
    turns,
    refusal,
    deliveries,
    /** Every event, as it was written. */
    written,
    owner,
    workspaces,
    database,
    /** The history of a job, the oldest first, as `status` or `status: error`. */
    async history(id: string): Promise<string[]> {
      const { items } = await cron.fires(owner, id, { limit: 100 });
      return items.reverse().map(({ status, error }) => (error === null ? status : `${status}: ${error}`));
    },
    async nextRunAt(id: string): Promise<string | null> {
      const { nextRunAt } = await cron.get(owner, id);
      return nextRunAt === null ? null : new Date(nextRunAt).toISOString();
    },
  };
}

/** A job of the settings. */
export function settingsJob(overrides: Partial<CronJobSettings> = {}): CronJobSettings {
  return {
    id: "standup",
    timing: { kind: "schedule", schedule: "0 9 * * *", timezone: "UTC" },
    workspace: "default",
    agent: null,
    message: "What is on today?",
    sessionId: "cron_standup",
    catchUp: "none",
    overlap: "skip",
    timeoutMs: 600_000,
    enabled: true,
    deliver: null,
    ...overrides,
  };
}
