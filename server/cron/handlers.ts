import type { components } from "../../generated/server/contract.ts";
import type { CronHandlers } from "../../generated/server/handlers.ts";
import type { RequestContext } from "../http/request-context.ts";
import { badRequest } from "../http/validate.ts";
import type { Principal } from "../keys/principal.ts";
import { nextCursor } from "../http/encode.ts";
import { parseMoment } from "../settings/moment.ts";
import { encodeFire, encodeJob } from "./encode.ts";
import type { Cron, JobChange } from "./service.ts";

/** Cron jobs over HTTP, in `/api/v1` and in the plain edition. */
export function createCronHandlers({ cron }: { cron: Cron }): CronHandlers<RequestContext> {
  async function list(principal: Principal, page: { limit: number; cursor?: string | undefined }) {
    const { items, nextCursor: cursor } = await cron.list(principal, page);
    return { status: 200 as const, body: { jobs: items.map(encodeJob), ...nextCursor(cursor) } };
  }

  return {
    listCronJobs: ({ query }, { principal }) => list(principal, query),
    async createCronJob({ body }, { principal }) {
      const { id, workspace: workspaceId, message } = body;
      const job = await cron.create(principal, { ...decodeChange(body), message, id, workspaceId });
      return { status: 201, headers: { Location: `/api/v1/cron/${job.id}` }, body: encodeJob(job) };
    },
    async getCronJob({ path: { jobId } }, { principal }) {
      return { status: 200, body: encodeJob(await cron.get(principal, jobId)) };
    },
    async updateCronJob({ path: { jobId }, body }, { principal }) {
      return { status: 200, body: encodeJob(await cron.update(principal, jobId, decodeChange(body))) };
    },
    async deleteCronJob({ path: { jobId } }, { principal }) {
      await cron.delete(principal, jobId);
      return { status: 204 };
    },
    async listCronRuns({ path: { jobId }, query }, { principal }) {
      const { items, nextCursor: cursor } = await cron.fires(principal, jobId, query);
      return { status: 200, body: { runs: items.map(encodeFire), ...nextCursor(cursor) } };
    },

    // The plain edition.
    listPlainCronJobs: ({ query }, { principal }) => list(principal, query),
    async runCronJob({ path: { id: jobId } }, { principal }) {
      const runId = await cron.run(principal, jobId);
      return { status: 202, headers: { "X-Run-Id": runId }, body: { runId, jobId } };
    },
  };
}

function decodeChange({ agent: agentId, at: when, schedule, everyMs, timezone, message, sessionId, catchUp, overlap, timeoutMs, deliver, deleteAfterRun, enabled }: components["schemas"]["UpdateCronJobRequest"]): JobChange {
  const at = when === undefined ? undefined : parseMoment(when);
  if (when !== undefined && at === undefined) throw badRequest([{ path: "/at", message: "must be a date and time such as 2027-01-31T12:00:00Z" }]);
  return { agentId, at, schedule, everyMs, timezone, message, sessionId, catchUp, overlap, timeoutMs, deliver, deleteAfterRun, enabled };
}
