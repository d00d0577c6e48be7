/**
 * The requests of the load, as the bytes that go over the socket: building them by hand keeps the load generator cheap.
 *
 * What makes the comparison fair: both servers get the same 240-character message, and both ask the upstream with the
 * same conversation. The gateway reads that conversation from its database, which is its own cost. The reference keeps
 * no history, so the load tells it the turn's number and it makes up the messages that would have gone before. The
 * report prints the mean size of the upstream's requests on both sides, so that nobody has to believe this.
 */
export function jsonTurn(flavour: Flavour, port: number, session: string, turn: number): string {
  if (flavour === "reference") return post(port, "/chat", { sessionId: session, turn, message });
  return post(port, "/api/v1/chat", { agentId: "main", sessionId: session, message });
}

/** A stream that runs to its end. Each has a session of its own, hence no history. */
export function streamedTurn(flavour: Flavour, port: number, session: string): string {
  if (flavour === "reference") return post(port, "/stream", { sessionId: session, turn: 0, message });
  return post(port, "/api/v1/chat/stream", { agentId: "main", sessionId: session, message });
}

/** A stream that stays open after its first text. Naming a model is the conversations edition, hence no `agentId`. */
export function idleStream(flavour: Flavour, port: number): string {
  if (flavour === "reference") return post(port, "/stream", { turn: 0, message, model: "idle" });
  return post(port, "/api/v1/chat/stream", { message, model: "mock/idle" });
}

export function get(port: number, path: string): string {
  return `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${token}\r\n\r\n`;
}

/** Which of the two servers a request is written for. */
export type Flavour = "gateway" | "reference";

export const token = "bench-token";

/** A session is left after this many turns, so that history stays as small as in a short talk. */
export const turnsPerSession = 10;

/** What a user says in every turn: 240 characters of ASCII. */
export const message = "Please look at the quarterly figures and tell me in plain words what changed. ".repeat(4).slice(0, 240);

export function post(port: number, path: string, value: object): string {
  const body = JSON.stringify(value);
  return (
    `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${token}\r\n` +
    `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  );
}
