import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import pino from "pino";
import type { Handlers } from "../../generated/server/handlers.ts";
import { createWhatsappWebhookHandlers } from "../../server/channels/whatsapp-webhook.ts";
import type { InboundMessage } from "../../server/connectors/port.ts";
import { createWhatsapp } from "../../server/connectors/whatsapp/whatsapp.ts";
import { createApp } from "../../server/http/app.ts";
import { createCallAudit } from "../../server/http/audit.ts";
import { createAnswerCheck } from "../../server/http/check-answer.ts";
import { createPerimeter } from "../../server/http/perimeter/perimeter.ts";
import type { RequestContext } from "../../server/http/request-context.ts";
import { createHttpMetrics } from "../../server/metrics/http-metrics.ts";
import { createSecretMask } from "../../server/secrets.ts";
import type { Answer } from "../contract/answer.ts";
import { readAnswer } from "../contract/check-answer.ts";
import { operationOf, type OperationId } from "../contract/operations.ts";
import { send } from "../contract/send.ts";
import type { CallRequest } from "../contract/target.ts";
import { recordPair } from "../coverage/recorder.ts";
import type { FakeWhatsapp } from "../fakes/whatsapp/whatsapp.ts";

/** The perimeter, the mount and WhatsApp's connector, with nothing behind: what the webhook answers can be seen message by message. */
export interface WebhookServer {
  webhookUrl: string;
  received: readonly InboundMessage[];
  /** Operations that the audit log was told of. */
  audited: readonly unknown[];
  call<Id extends OperationId>(id: Id, request: CallRequest): Promise<Answer<Id>>;
  /** Checks an answer to somebody else's call. */
  read<Id extends OperationId>(id: Id, response: Response): Promise<Answer<Id>>;
  /** So many messages cannot be stored. */
  breakStore(messages: number): void;
  /** Whatever is behind the handlers breaks. */
  breakConnector(): void;
  close(): Promise<void>;
}

export async function startWebhookServer(settings: FakeWhatsapp["settings"]): Promise<WebhookServer> {
  const [received, audited, violations]: [InboundMessage[], unknown[], string[]] = [[], [], []];
  let unstorable = 0;
  let isBroken = false;
  const log = pino({ level: "silent" });
  const connector = createWhatsapp({
    settings: { enabled: true, workspace: "default", ...settings },
    events: {
      async received(message) {
        if (unstorable-- > 0) throw new Error("the disk is full");
        received.push(message);
      },
      changed() {},
    },
    log,
  });
  connector.start();

  const mask = createSecretMask([]);
  const note = (call: unknown) => void audited.push(call);
  const unused = () => {
    throw new Error("this is nothing that strangers get to");
  };
  const broken = (): never => {
    throw new Error("a fault planted in /tmp/secret.ts");
  };
  const app = createApp({
    log,
    mask,
    audit: createCallAudit({ audit: { note, noteChange: async (call: unknown) => note(call) } as never, mask, now: Date.now }),
    authenticate: unused,
    limit: unused,
    answerOnce: unused,
    perimeter: createPerimeter({ host: "127.0.0.1", port: 0, apiEnabled: true, trustedProxies: [], allowedHosts: [], cors: null, maxBodyBytes: 1_048_576, allowedIPs: [] }),
    isDraining: () => false,
    sockets: { isFull: true, open() {} },
    meter: createHttpMetrics(),
    checkAnswer: createAnswerCheck(violations),
    handlers: createWhatsappWebhookHandlers({ connector: () => (isBroken ? broken() : connector), verifyToken: () => (isBroken ? broken() : settings.verifyToken) }) as Handlers<RequestContext>,
  });
  const serve = app.callback();
  const server = createServer((request, response) => void serve(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const read = async <Id extends OperationId>(id: Id, response: Response): Promise<Answer<Id>> => {
    recordPair(id, response.status);
    return readAnswer(id, response);
  };
  return {
    webhookUrl: url + operationOf("receiveWhatsappCallback").path,
    received,
    audited,
    read,
    call: async (id, request) => read(id, await send(url, id, request, request.token ?? null)),
    breakStore(messages) {
      unstorable = messages;
    },
    breakConnector() {
      isBroken = true;
    },
    async close() {
      await connector.stop();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
      if (violations.length > 0) throw new Error(`answers off the contract:\n${violations.join("\n")}`);
    },
  };
}
