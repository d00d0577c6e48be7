import { type Flavour, idleStream } from "../requests.ts";
import { HttpConnection } from "./connection.ts";
import { EventCounter } from "./event-counter.ts";

/** Streams to one server that have had their start and first text and are now held open. */
export interface IdleStreams {
  /** Fails when one of them has ended before. */
  close(): void;
}

export async function openIdleStreams(flavour: Flavour, port: number, streams: number): Promise<IdleStreams> {
  const connections: HttpConnection[] = [];
  let ended: string | undefined;

  const openOne = async (): Promise<void> => {
    const connection = await HttpConnection.open(port);
    connections.push(connection);
    const events = new EventCounter();
    let body = "";
    await new Promise<void>((resolve, reject) => {
      const onText = (text: string): void => {
        if (events.count >= 2) return;
        body += text;
        if (events.add(text) >= 2) resolve();
      };
      connection.exchange(idleStream(flavour, port), onText).then(
        (status) => {
          ended = `an idle stream ended with status ${status}: ${body.slice(0, 400)}`;
          reject(new Error(ended));
        },
        (error: unknown) => {
          ended = `an idle stream broke: ${String(error)}`;
          reject(new Error(ended));
        },
      );
    });
  };

  // So many at a time that no listen backlog overflows.
  while (connections.length < streams) {
    await Promise.all(Array.from({ length: Math.min(50, streams - connections.length) }, openOne));
  }
  return {
    close() {
      for (const connection of connections) connection.close();
      if (ended !== undefined) throw new Error(ended);
    },
  };
}
