import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

export interface CuttingProxy {
  url: string;
  /** How many streams have been cut so far. */
  readonly cuts: number;
  close(): Promise<void>;
}

/**
 * A TCP proxy that a bad network stands behind: it breaks a connection off in the middle of an event, as often as it is
 * told to, each time behind `writesBefore` whole writes of events.
 */
export async function startCuttingProxy(target: string, { times, writesBefore }: { times: number; writesBefore: number }): Promise<CuttingProxy> {
  const { hostname, port } = new URL(target);
  let cuts = 0;
  const clients = new Set<Socket>();
  const server = createServer((client) => {
    const gateway = connect(Number(port), hostname);
    let writes = 0;
    clients.add(client);
    client.on("error", () => {});
    gateway.on("error", () => client.destroy());
    client.on("close", () => {
      clients.delete(client);
      gateway.destroy();
    });
    gateway.on("close", () => client.end());
    client.pipe(gateway);
    gateway.on("data", (chunk: Buffer) => {
      const text = chunk.toString("latin1");
      const place = text.indexOf("data: {");
      if (place >= 0 && cuts < times && writes++ >= writesBefore) {
        cuts++;
        client.end(chunk.subarray(0, place + 9), () => client.destroy());
        gateway.destroy();
      } else client.write(chunk);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get cuts() {
      return cuts;
    },
    async close() {
      // Those that are kept alive for a next request would keep it open.
      for (const client of clients) client.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
