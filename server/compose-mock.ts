import { AsyncLocalStorage } from "node:async_hooks";
import type { RequestListener, ServerResponse } from "node:http";
import type { Logger } from "pino";
import { createDocsHandlers } from "./docs/handlers.ts";
import { createApp } from "./http/app.ts";
import { createAuthenticate } from "./http/authenticate.ts";
import { createAnswerOnce } from "./http/idempotency.ts";
import type { CheckAnswer, MountOptions } from "./http/mount.ts";
import { createPerimeter } from "./http/perimeter/perimeter.ts";
import { createIdempotency } from "./idempotency/service.ts";
import { createIdempotencyStore } from "./idempotency/store.ts";
import { createAuthentication } from "./keys/authentication.ts";
import { ownerKey } from "./keys/key.ts";
import { createSettingsKeys } from "./keys/settings-keys.ts";
import { readContractExamples } from "./mock/examples.ts";
import { createMockHandlers } from "./mock/handlers.ts";
import { createPagesHandlers } from "./pages/handlers.ts";
import type { RunRecord } from "./runs/service.ts";
import type { SecretMask } from "./secrets.ts";
import { openDatabase } from "./storage/database.ts";
import { createSocketHandlers } from "./ws/handlers.ts";

export interface ComposeMockOptions {
  host: string;
  port: number;
  /** The only token that is let in; null lets every token in, but none is still refused. */
  token: string | null;
  log: Logger;
  mask: SecretMask;
  checkAnswer?: CheckAnswer | undefined;
}

export interface Mock {
  listener: RequestListener;
  close(): Promise<void>;
}

/** Joins the contract's examples with the gateway's own way in: perimeter, keys, idempotency, validation and errors are the real ones. */
export async function composeMock({ host, port, token, log, mask, checkAnswer }: ComposeMockOptions): Promise<Mock> {
  const now = Date.now;
  const database = await openDatabase("sqlite::memory:");
  const idempotency = await createIdempotency({ store: createIdempotencyStore({ database }), runs: { get: async () => noRun }, log, now });
  const authentication = createAuthentication({
    settingsKeys: createSettingsKeys({ enabled: true, ownerTokens: token === null ? [] : [token], keys: [] }, []),
    store: { findByHash: (hash) => (token === null ? { ...ownerKey(`key_${hash.slice(0, 16)}`), source: "stored", hash, createdAt: 0 } : undefined) },
    lastUse: { note() {} },
    permissions: [],
    now,
  });
  const responses = new AsyncLocalStorage<ServerResponse>();
  const app = createApp({
    log,
    mask,
    audit: { watch: (_koa, next) => next(), changed: () => undefined },
    authenticate: createAuthenticate(authentication.authenticate),
    limit: showLimits,
    perimeter: createPerimeter({ host, port, apiEnabled: true, trustedProxies: [], allowedHosts: [], cors: fromEverywhere, maxBodyBytes: 1_048_576, allowedIPs: [] }),
    answerOnce: createAnswerOnce(idempotency),
    sockets: { isFull: false, open: (webSocket) => webSocket.close(policyViolation, "openclaw mock has no socket: take `openclaw start`.") },
    isDraining: () => false,
    meter: { answered() {}, streamOpened() {}, refused() {} },
    handlers: createMockHandlers({ examples: readContractExamples(), real: { ...createDocsHandlers(), ...createPagesHandlers(), ...createSocketHandlers() }, response: () => responses.getStore()! }),
    checkAnswer,
  });
  const answer = app.callback();
  return {
    listener: (request, response) => responses.run(response, () => void answer(request, response)),
    async close() {
      await idempotency.close();
      await database.close();
    },
  };
}

/** What idempotency finds of the run that a request would have had: nothing that would keep it from being carried out again. */
const noRun = { status: "failed", sessionId: null, toolCalls: [] } as unknown as RunRecord;

/** RFC 6455, 7.4.1: where no other code fits. */
const policyViolation = 1008;

const fromEverywhere = { origins: ["*"], methods: ["GET", "POST", "PUT", "PATCH", "DELETE"] } as const;

/** Nobody is counted; `Prefer: code=429` shows what it would be like. */
const showLimits: MountOptions["limit"] = async ({ res }) => {
  res.setHeader("X-RateLimit-Limit", 100);
  res.setHeader("X-RateLimit-Remaining", 99);
  res.setHeader("X-RateLimit-Reset", Math.ceil(Date.now() / 1000) + 30);
};
