import { getHttpOperationsFromSpec } from "@stoplight/prism-http";
import { createServer } from "@stoplight/prism-http-server";
import pino from "pino";
import { mockDocument } from "./mock-document.ts";

interface Mock {
  url: string;
  close(): Promise<void>;
}

/** Prism in this process, on a port of the system's choice, serving the contract from its examples. */
export async function startMock(): Promise<Mock> {
  const operations = await getHttpOperationsFromSpec(mockDocument());
  const server = createServer(operations, {
    cors: false,
    config: { validateRequest: true, validateResponse: true, checkSecurity: true, errors: false, upstreamProxy: undefined, isProxy: false, mock: { dynamic: false } },
    components: { logger: silent as never },
  });
  const url = await server.listen(0, "127.0.0.1");
  return { url, close: () => server.close() };
}

/** Prism calls levels of its own, and is compiled against a pino of its own. */
const silent = pino({ level: "silent", customLevels: { success: 31, note: 32, start: 33 } });
