import { expect } from "vitest";
import { startMock } from "../mock/start-mock.ts";
import { readAnswer } from "./check-answer.ts";
import { openStream } from "./open-stream.ts";
import type { OperationId } from "./operations.ts";
import { send } from "./send.ts";
import type { CallRequest, Target } from "./target.ts";

/** The contract's examples, served by Prism. */
export async function startMockTarget(): Promise<Target> {
  const mock = await startMock();

  async function ask(id: OperationId, request: CallRequest): Promise<Response> {
    const { mock: wanted = {}, headers = {}, token = mockToken } = request;
    const prefer = preferHeader(wanted);
    // Prism answers nothing that `Accept` does not name, not even an error.
    const { Accept: _, ...withoutAccept } = headers;
    const sent = (wanted.status ?? 200) >= 300 ? withoutAccept : headers;
    const response = await send(mock.url, id, { ...request, headers: prefer === "" ? sent : { ...sent, Prefer: prefer } }, token);
    // It names what does not fit the contract, the examples of the contract itself included.
    const violations = response.headers.get("sl-violations") ?? "";
    expect(response.ok ? violations : "", "the mock found violations").toBe("");
    return response;
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

export const mockToken = "a_token_of_the_mock";

/** A wish as both mocks take it; empty for none. */
export function preferHeader({ status, example }: NonNullable<CallRequest["mock"]>): string {
  return [status && `code=${status}`, example && `example=${example}`].filter(Boolean).join(", ");
}
