import { startTestMock } from "../mock/start-own-mock.ts";
import { readAnswer } from "./check-answer.ts";
import { mockToken, preferHeader } from "./mock-target.ts";
import { openStream } from "./open-stream.ts";
import type { OperationId } from "./operations.ts";
import { send } from "./send.ts";
import type { CallRequest, Target } from "./target.ts";

/** The contract's examples, served by `openclaw mock`. */
export async function startOwnMockTarget(): Promise<Target> {
  const mock = await startTestMock();

  function ask(id: OperationId, request: CallRequest): Promise<Response> {
    const { mock: wanted = {}, headers = {}, token = mockToken } = request;
    const prefer = preferHeader(wanted);
    return send(mock.url, id, { ...request, headers: prefer === "" ? headers : { Prefer: prefer, ...headers } }, token);
  }

  return {
    name: "mock",
    call: async (id, request = {}) => readAnswer(id, await ask(id, request), request),
    open: async (id, request = {}) => openStream(id, await ask(id, request)),
    makeSession: async () => "sess_xyz789",
    makeRun: async () => "run_0199c0ffee",
    close: () => mock.close(),
  };
}
