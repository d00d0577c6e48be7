import { expect } from "vitest";
import type { ReceivedEvent } from "../harness/sse.ts";
import type { BodyOf, OperationId, StatusOf } from "./operations.ts";

/** An answer that fits the contract. */
export class Answer<Id extends OperationId> {
  readonly operationId: Id;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** In order; none when it is not a stream. */
  readonly events: readonly ReceivedEvent[];
  readonly #body: unknown;

  constructor(operationId: Id, response: Response, text: string, body: unknown, events: readonly ReceivedEvent[]) {
    this.operationId = operationId;
    this.status = response.status;
    this.headers = response.headers;
    this.text = text;
    this.events = events;
    this.#body = body;
  }

  /** The body of an answer that must have this status. */
  json<Status extends StatusOf<Id>>(status: Status): BodyOf<Id, Status> {
    expectStatus(this, status);
    return this.#body as BodyOf<Id, Status>;
  }

  /** The data of the events of a stream that must have begun well. */
  data(): ReceivedEvent["data"][] {
    expectStatus(this, 200);
    return this.events.map(({ data }) => data);
  }
}

function expectStatus(answer: { status: number; text: string }, status: number): void {
  expect(answer.status, answer.text).toBe(status);
}
