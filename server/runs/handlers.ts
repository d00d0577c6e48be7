import type { components } from "../../generated/server/contract.ts";
import type { RunsHandlers } from "../../generated/server/handlers.ts";
import { agentsFace } from "../chat/faces/agents.ts";
import { conversationsFace } from "../chat/faces/conversations.ts";
import type { Face } from "../chat/faces/face.ts";
import { operatorFace } from "../chat/faces/operator.ts";
import { workspacesFace } from "../chat/faces/workspaces.ts";
import { resumeStream } from "../chat/resume.ts";
import { errorStatus } from "../errors.ts";
import type { RequestContext } from "../http/request-context.ts";
import type { Principal } from "../keys/principal.ts";
import { openaiFace } from "../openai/chunks.ts";
import { instant } from "../http/encode.ts";
import type { PendingApproval } from "./approvals.ts";
import type { RunFace } from "./run.ts";
import type { Runs } from "./service.ts";
import type { RunRecord } from "./store.ts";

type RunEvent = components["schemas"]["RunEvent"];

const faces: Record<RunFace, Face<RunEvent>> = {
  agents: agentsFace,
  conversations: conversationsFace,
  workspaces: workspacesFace,
  operator: operatorFace,
  openai: openaiFace,
};

export function createRunsHandlers({ runs }: { runs: Runs }): RunsHandlers<RequestContext> {
  const answerOf = async (id: string, principal: Principal) => encodeRun(await runs.get(id, principal), runs.pendingApprovals(id));

  return {
    async getRun({ path: { runId } }, { principal }) {
      return { status: 200, body: await answerOf(runId, principal) };
    },
    async streamRunEvents({ path: { runId }, query: { after = "" }, headers }, context) {
      return resumeStream(headers["last-event-id"] ?? after, runs, (face) => faces[face], context, runId);
    },
    async cancelRun({ path: { runId } }, { principal }) {
      await runs.cancel(runId, principal);
      return { status: 200, body: await answerOf(runId, principal) };
    },
    async approveToolCall({ path: { runId, callId }, body: { approve, reason = null } }, { principal }) {
      await runs.answerApproval(runId, callId, principal, { isApproved: approve, reason });
      return { status: 200, body: await answerOf(runId, principal) };
    },
  };
}

function encodeRun(record: RunRecord, pending: readonly PendingApproval[]): components["schemas"]["Run"] {
  const { id, status, sessionId, agentId, workspaceId, channel, model, messageId, content, finishReason, usage, latencyMs, toolsInvoked, error, createdAt, finishedAt } = record;
  return {
    id,
    status,
    sessionId,
    agentId,
    workspace: workspaceId,
    channel,
    ...(model === null ? {} : { model }),
    ...(messageId === null ? {} : { messageId }),
    ...(status === "completed" || content !== "" ? { content } : {}),
    ...(finishReason === null ? {} : { finishReason }),
    ...(usage === null ? {} : { usage }),
    ...(latencyMs === null ? {} : { latencyMs }),
    toolsInvoked: [...toolsInvoked],
    ...(pending.length === 0 ? {} : { pendingApprovals: pending.map((call) => ({ ...call, expiresAt: instant(call.expiresAt) })) }),
    ...(error === null ? {} : { error: { error: error.code, message: error.message, status: errorStatus[error.code] } }),
    createdAt: instant(createdAt),
    ...(finishedAt === null ? {} : { finishedAt: instant(finishedAt) }),
  };
}
