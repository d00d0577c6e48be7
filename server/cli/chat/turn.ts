import { OpenClawError, type OpenClawClient } from "@openclaw/sdk";
import { exitStatus } from "../exit-status.ts";
import type { ChatEvent, Conversation } from "./conversation.ts";
import { explain, type GatewayAddress } from "./failure.ts";

/** What a person or a program sees of a turn. */
export interface TurnView {
  event(event: ChatEvent): void;
  /** The answer is there; `model` and `latencyMs` where they could be found out. */
  finished(facts: { usage: { inputTokens: number; outputTokens: number }; model?: string | undefined; latencyMs?: number | undefined }): void;
  cancelled(): void;
  failed(explanation: string, error: unknown): void;
}

export interface TurnParts {
  client: OpenClawClient;
  conversation: Conversation;
  gateway: GatewayAddress;
  view: TurnView;
}

/** One turn, shown as it goes. Ctrl-C cancels it; a second one does not wait for that. Resolves with the exit status. */
export async function takeTurn(message: string, { client, conversation, gateway, view }: TurnParts): Promise<number> {
  const controller = new AbortController();
  const stream = conversation.say(message, controller.signal);
  let isInterrupted = false;
  const interrupt = () => {
    if (isInterrupted) process.exit(exitStatus.cancelled);
    isInterrupted = true;
    // The stream then ends by itself, once the run has. Before its first event there is nothing to cancel but the request.
    if (stream.runId === undefined) controller.abort();
    else client.runs.cancel(stream.runId).catch(() => controller.abort());
  };
  process.on("SIGINT", interrupt);
  try {
    for await (const event of stream) {
      conversation.notice(event);
      view.event(event);
      if (event.type === "end" || event.type === "done") view.finished({ usage: event.usage, ...(await factsOf(client, stream.runId)) });
    }
    return exitStatus.done;
  } catch (error) {
    if (isInterrupted && (controller.signal.aborted || (error instanceof OpenClawError && error.code === "cancelled"))) {
      view.cancelled();
      return exitStatus.cancelled;
    }
    const { text, status } = explain(error, { ...gateway, hasBegun: stream.runId !== undefined });
    view.failed(text, error);
    return status;
  } finally {
    process.off("SIGINT", interrupt);
  }
}

/** The stream does not say which model answered; the run does. A key that may not read runs goes without. */
async function factsOf(client: OpenClawClient, runId: string | undefined): Promise<{ model?: string | undefined; latencyMs?: number | undefined }> {
  try {
    const { model, latencyMs } = await client.runs.get(runId ?? "");
    return { model, latencyMs };
  } catch {
    return {};
  }
}
