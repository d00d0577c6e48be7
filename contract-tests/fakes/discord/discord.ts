import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createConditions } from "./conditions.ts";
import { createFakeGateway, type FakeGateway } from "./gateway.ts";
import { fakeBotId, messageObject, type FakeMessage } from "./objects.ts";
import { createFakeRest, type FakeRest } from "./rest.ts";

/**
 * Discord as a bot sees it, on a loopback port: the REST API's version 10 and the gateway in JSON, as documented, as far as our
 * connector uses them. It has one bot, knows every channel but those of `unknownChannels`, and keeps the sessions of its gateway for
 * resuming until it is told to forget them.
 */
export interface FakeDiscord extends Omit<FakeRest, "answer">, Omit<FakeGateway, "close" | "upgrade"> {
  /** What belongs into `apiRoot` of the channel's settings. */
  readonly apiRoot: string;
  readonly botToken: string;
  readonly botId: string;
  /** How one writes to the bot in a server. */
  readonly mention: string;
  /** A person writes. Answers the message's id. */
  receive(message: FakeMessage): string;
  close(): Promise<void>;
}

const botToken = "fake-bot-token";

/** Starts it on a port of the system's choice. */
export async function startFakeDiscord(): Promise<FakeDiscord> {
  let lastId = 1_000_000_000_000_000_000n;
  const nextId = (): string => String((lastId += 1n));
  const server = createServer().listen(0, "127.0.0.1");
  // Idle sockets must outlive a slow test: a fake which closes them would make calls fail for reasons of its own.
  server.keepAliveTimeout = 60_000;
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const shared = { gatewayUrl: `ws://127.0.0.1:${port}/gateway`, botToken, nextId, conditions: createConditions() };
  const { answer, ...rest } = createFakeRest(shared);
  const { upgrade, close: closeGateway, ...gateway } = createFakeGateway(shared);
  server.on("request", (request, response) => void answer(request, response));
  server.on("upgrade", upgrade);
  return {
    ...rest,
    ...gateway,
    apiRoot: `http://127.0.0.1:${port}/api`,
    botToken,
    botId: fakeBotId,
    mention: `<@${fakeBotId}>`,
    receive(message) {
      const written = messageObject(message, nextId());
      gateway.dispatch("MESSAGE_CREATE", written);
      return written.id;
    },
    async close() {
      closeGateway();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
