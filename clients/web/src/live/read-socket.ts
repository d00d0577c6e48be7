import type { Way } from "./follow-events.ts";
import { eventOfFrame } from "./events.ts";

/** The gateway pings, which a page does not see; this is how the page finds out that nobody is there any more. */
const pingAfterMs = 25_000;

/** Events over the gateway's WebSocket. Ends when it closes, however. */
export const readSocket: Way = (gateway, { after, onOpen, onEvent, signal }) =>
  new Promise((resolve) => {
    const { socket, hello } = gateway.openSocket();
    let isAnswered = true;
    const ping = setInterval(() => {
      if (!isAnswered) return socket.close();
      if (socket.readyState !== WebSocket.OPEN) return;
      isAnswered = false;
      socket.send('{"type":"ping"}');
    }, pingAfterMs);
    const close = () => socket.close();
    const end = () => {
      clearInterval(ping);
      signal.removeEventListener("abort", close);
      resolve();
    };

    signal.addEventListener("abort", close, { once: true });
    socket.addEventListener("open", () => hello && socket.send(JSON.stringify({ ...hello, ...(after === undefined ? {} : { after }) })));
    socket.addEventListener("message", ({ data }: MessageEvent<string>) => {
      isAnswered = true;
      const frame = JSON.parse(data) as { type?: string; last?: string };
      const event = eventOfFrame(frame);
      if (event) onEvent(event);
      else if (frame.type === "ready") onOpen(frame.last);
    });
    // An error is always followed by this.
    socket.addEventListener("close", end, { once: true });
  });
