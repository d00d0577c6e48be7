import { startOpenAiUpstream } from "../fakes/openai-upstream.ts";
import type { FakeUpstream } from "../fakes/upstream-server.ts";
import { recordPair } from "../coverage/recorder.ts";
import { ownerToken, startTestGateway, type TestGateway, type TestGatewayOptions } from "../harness/gateway.ts";
import { readAnswer } from "./check-answer.ts";
import { freshId } from "./ids.ts";
import { openStream } from "./open-stream.ts";
import type { OperationId } from "./operations.ts";
import { send } from "./send.ts";
import type { CallRequest, Target } from "./target.ts";

/** The real server in this process, with a fake provider behind it. */
export interface ServerTarget extends Target {
  readonly gateway: TestGateway;
  readonly upstream: FakeUpstream;
}

export interface ServerTargetOptions extends TestGatewayOptions {
  /** Merged over the fake provider's settings: its time-outs. */
  provider?: Record<string, unknown>;
}

export async function startServerTarget({ provider = {}, settings = {}, ...options }: ServerTargetOptions = {}): Promise<ServerTarget> {
  const upstream = await startOpenAiUpstream();
  const openai = { type: "openai", baseUrl: upstream.url, apiKey: "a key of the fake provider", maxRetries: 0, ...provider };
  const models = { default: "openai/gpt-5-mini", providers: { openai } };
  const workspaces = [{ id: "team", label: "Team" }];
  const gateway = await startTestGateway({ ...options, settings: { models, workspaces, ...settings } });

  async function ask(id: OperationId, request: CallRequest): Promise<Response> {
    const { token = ownerToken } = request;
    const response = await send(gateway.url, id, request, token);
    recordPair(id, response.status);
    return response;
  }

  const target: ServerTarget = {
    name: "server",
    gateway,
    upstream,
    call: async (id, request = {}) => readAnswer(id, await ask(id, request), request),
    open: async (id, request = {}) => openStream(id, await ask(id, request)),
    async makeSession() {
      const sessionId = freshId();
      (await target.call("chat", { json: { agentId: "my-agent", sessionId, message: "Hello" } })).json(200);
      return sessionId;
    },
    async makeRun() {
      const answer = await target.call("streamChat", { json: { agentId: "my-agent", message: "Hello" } });
      return answer.headers.get("X-Run-Id") ?? "";
    },
    async close() {
      try {
        await gateway.close();
      } finally {
        await upstream.close();
      }
    },
  };
  return target;
}
