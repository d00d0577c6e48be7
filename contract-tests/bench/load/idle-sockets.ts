import { once } from "node:events";
import { WebSocket } from "ws";
import { token } from "../requests.ts";
import type { IdleStreams } from "./idle-streams.ts";

/** Opens WebSockets to a gateway that have been told that they are ready, and now get nothing. */
export async function openIdleSockets(port: number, sockets: number): Promise<IdleStreams> {
  const open: WebSocket[] = [];
  let ended: string | undefined;
  const openOne = async (): Promise<void> => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, { perMessageDeflate: false, headers: { Authorization: `Bearer ${token}` } });
    open.push(socket);
    const [first] = (await once(socket, "message")) as [Buffer];
    if (!first.includes('"ready"')) throw new Error(`a socket was not let in: ${first.toString()}`);
    socket.on("close", (code) => (ended = `an idle socket was closed with ${code}`));
  };

  // So many at a time that no listen backlog overflows.
  while (open.length < sockets) await Promise.all(Array.from({ length: Math.min(50, sockets - open.length) }, openOne));
  return {
    close() {
      if (ended !== undefined) throw new Error(ended);
      for (const socket of open) socket.terminate();
    },
  };
}
