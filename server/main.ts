import { composeGateway, type ComposeOptions, type Gateway } from "./compose.ts";
import { listen } from "./http/listen.ts";
import { createListener } from "./http/listener.ts";
import type { Settings } from "./settings/settings.ts";

export interface RunningGateway {
  /** Where it listens, such as `http://127.0.0.1:18789`. */
  url: string;
  gateway: Gateway;
  /** Answers 503 to what is new, lets running turns end for up to `drainTimeoutMs`, then closes. Idempotent. */
  stop(drainTimeoutMs?: number): Promise<void>;
}

const defaultDrainTimeoutMs = 30_000;

/** Listens, composes the gateway, and serves. While it composes, whoever asks is told that it starts. */
export async function startGateway(settings: Settings, options: ComposeOptions, compose = composeGateway): Promise<RunningGateway> {
  const { server, serve } = createListener();
  const url = await listen(server, settings.http);
  let gateway: Gateway;
  try {
    gateway = await compose(settings, options);
  } catch (error) {
    server.closeAllConnections();
    server.close();
    throw error;
  }
  const answer = gateway.app.callback();
  serve((request, response) => void answer(request, response));
  gateway.health.setLifecycle("ready");
  gateway.start();

  let stopping: Promise<void> | undefined;
  async function stop(drainTimeoutMs: number): Promise<void> {
    gateway.health.setLifecycle("draining");
    await gateway.drain(drainTimeoutMs);
    const closed = new Promise((resolve) => server.close(resolve));
    // Answers that are being written have a moment to get out; then whatever is left is cut.
    server.closeIdleConnections();
    const cut = setTimeout(() => server.closeAllConnections(), 1000);
    await closed;
    clearTimeout(cut);
    await gateway.close();
  }

  return {
    url,
    gateway,
    stop: (drainTimeoutMs = defaultDrainTimeoutMs) => (stopping ??= stop(drainTimeoutMs)),
  };
}
