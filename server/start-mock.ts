import { composeMock, type ComposeMockOptions } from "./compose-mock.ts";
import { listen } from "./http/listen.ts";
import { createListener } from "./http/listener.ts";

export interface RunningMock {
  /** Where it listens, such as `http://127.0.0.1:18790`. */
  url: string;
  /** Cuts what is open, and closes. */
  stop(): Promise<void>;
}

/** Serves the contract from its examples. Nothing is read but the contract, and nothing is written. */
export async function startMock(options: ComposeMockOptions): Promise<RunningMock> {
  const { server, serve } = createListener();
  const url = await listen(server, options);
  const mock = await composeMock(options);
  serve(mock.listener);
  return {
    url,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      await mock.close();
    },
  };
}
