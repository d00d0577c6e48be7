import { Agent, request } from "node:http";
import { connect, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import { ownerToken } from "./gateway-process.ts";

// Clients that `fetch` cannot be: one that stops reading, and one whose connection is known to be the same.

/** Sends a request on a socket of its own, reads until the answer's body has come to `until`, and then reads no more. */
export async function openAndStopReading(port: number, path: string, json: unknown, { accept = "*/*", token = ownerToken, until }: { accept?: string; token?: string; until: RegExp }): Promise<{ head: string; socket: Socket }> {
  const socket = connect(port, "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  const body = JSON.stringify(json);
  const head = [`POST ${path} HTTP/1.1`, "Host: localhost", `Authorization: Bearer ${token}`, `Accept: ${accept}`, "Content-Type: application/json", `Content-Length: ${Buffer.byteLength(body)}`];
  socket.write(`${head.join("\r\n")}\r\n\r\n${body}`);
  let text = "";
  await new Promise<void>((resolve, reject) => {
    socket.once("close", () => reject(new Error(`the connection was closed after:\n${text}`)));
    socket.on("error", reject);
    socket.setEncoding("utf8").on("data", function take(chunk: string) {
      text += chunk;
      if (!until.test(text)) return;
      socket.off("data", take).pause();
      resolve();
    });
  });
  return { head: text.slice(0, text.indexOf("\r\n\r\n")), socket };
}

export interface KeptAliveAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
  /** Whether it came over the connection of the request before. */
  isReused: boolean;
}

/** A client with one connection, which it keeps. */
export function keptAlive(url: string): (method: string, path: string, json?: unknown) => Promise<KeptAliveAnswer> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  return (method, path, json) =>
    new Promise((resolve, reject) => {
      const headers = { Authorization: `Bearer ${ownerToken}`, ...(json === undefined ? {} : { "Content-Type": "application/json" }) };
      const sent = request(url + path, { method, agent, headers }, (answer) => {
        let body = "";
        answer.setEncoding("utf8").on("data", (text: string) => (body += text));
        answer.once("end", () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body, isReused: sent.reusedSocket }));
      });
      sent.once("error", reject);
      sent.end(json === undefined ? undefined : JSON.stringify(json));
    });
}
