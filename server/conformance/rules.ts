/** What an answer can break; a failed test names the rule, and reports say what it wants. */
export const rules = {
  answer: "Each request is answered, in time and whole.",
  status: "The status is one that the contract has for the operation, and the one that the request calls for.",
  "media-type": "The media type is one that the contract has for the status, and the one that was asked for.",
  headers: "The headers that the contract requires are there, and say what their schemas allow.",
  schema: "The body fits its schema, and has no member that the contract does not name.",
  "error-face": "An error has the body of its path's family: `/api/v1`, `/api`, or OpenAI's.",
  "error-head": "An error's body agrees with its head: status, request id, Retry-After.",
  "error-code": "An error has the stable code of what is wrong.",
  "error-field": "A refusal names the field that is wrong.",
  framing: "A stream is Server-Sent Events: each has an id and no name, and its data is JSON or [DONE].",
  "event-schema": "An event's data fits its schema, and has no member that the contract does not name.",
  "event-order": "A stream begins with its start and has one terminal event, the last.",
  "event-ids": "The ids of a stream's events grow; none comes twice.",
  resumption: "A stream that is taken up behind an event goes on with the next one: none is lost, none comes twice.",
  idempotency: "With the same Idempotency-Key the same request gets the first answer again, and another request a 409.",
  paging: "Page by page a list has all that it has at once, each once.",
  methods: "HEAD is answered where GET is, OPTIONS with Allow, and another method with 405 and Allow (RFC 9110).",
  websocket: "A WebSocket is ready after its handshake, and its frames fit the contract.",
} as const;

export type Rule = keyof typeof rules;

/** One thing that is not as the contract has it. */
export interface Fault {
  rule: Rule;
  expected: string;
  /** What came instead. */
  got: string;
}
