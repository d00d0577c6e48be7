import type { CallToolResult, Client, Tool as ListedTool, Transport } from "@modelcontextprotocol/client";
import type { McpServerSettings } from "../settings/settings.ts";
import { createBoundedFetch } from "./bounded-fetch.ts";
import { failureOf, type Failure } from "./failure.ts";
import { McpError } from "./mcp-error.ts";
import { readLines } from "./read-lines.ts";
import { createStdioTransport } from "./stdio-transport.ts";

export type { CallToolResult, Tool as ListedTool } from "@modelcontextprotocol/client";

/** A connection to a server, from its handshake to its end. Its methods reject with what `failureOf` reads. */
export interface McpLink {
  /** All pages. */
  listTools(): Promise<readonly ListedTool[]>;
  call(name: string, input: Record<string, unknown>, signal: AbortSignal): Promise<CallToolResult>;
  failureOf(error: unknown): Failure;
  /** Ends it, and the program behind it. */
  close(): Promise<void>;
}

export interface LinkOptions {
  settings: McpServerSettings;
  version: string;
  /** For the handshake, and for each list of tools. A program may have to be downloaded first. */
  timeoutMs: number;
  /** `auto` asks for the revision 2026-07-28 first; programs that end on a question they do not know want `legacy`. */
  negotiation: "auto" | "legacy";
  signal: AbortSignal;
  onToolsChanged(): void;
  /** The connection has ended by itself; not called during `openLink` or after `close`. */
  onLost(reason: string): void;
  onStderr(line: string): void;
}

/** So long does a program get to answer the question which revision it speaks, before it is taken for one of before 2026-07-28. */
const probeTimeoutMs = 5_000;
const closeTimeoutMs = 1_000;
const maxMessageBytes = 10 * 1024 * 1024;

/** Connects. Rejects with an McpError. Offers the server nothing that it could ask us for: no sampling, elicitation or roots. */
export async function openLink({ settings, version, timeoutMs, negotiation, signal, onToolsChanged, onLost, onStderr }: LinkOptions): Promise<McpLink> {
  const sdk = await import("@modelcontextprotocol/client");
  signal.throwIfAborted();
  let isOpen = false;
  const lose = (reason: string): void => {
    if (!isOpen) return;
    isOpen = false;
    onLost(reason);
  };
  const { transport, endReason, endSession } = createTransport(settings, sdk, onStderr, lose);
  const client: Client = new sdk.Client(
    { name: "openclaw-gateway", version },
    {
      capabilities: {},
      versionNegotiation: { mode: negotiation, probe: settings.transport === "stdio" ? { timeoutMs: probeTimeoutMs } : {} },
      listChanged: { tools: { autoRefresh: false, onChanged: () => onToolsChanged() } },
    },
  );
  client.onclose = () => lose(endReason() ?? "the connection was lost");

  const stop = (): void => void transport.close();
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  limit.addEventListener("abort", stop, { once: true });
  try {
    await client.connect(transport, { timeout: timeoutMs, signal: limit });
    isOpen = true;
  } catch (error) {
    await transport.close();
    throw new McpError(limit.aborted ? `the server did not complete the handshake within ${timeoutMs} ms` : (endReason() ?? failureOf(error, sdk).reason), { cause: error });
  } finally {
    limit.removeEventListener("abort", stop);
  }
  // What waits for an answer, such as a list of tools, need not wait any more.
  signal.addEventListener("abort", stop, { once: true });

  return {
    async listTools() {
      return (await client.listTools(undefined, { timeout: timeoutMs, cacheMode: "refresh" })).tools;
    },
    // The registry of tools keeps the time; the SDK's own limit must not come before it.
    call: (name, input, callSignal) => client.callTool({ name, arguments: input }, { signal: callSignal, timeout: 2 ** 31 - 1 }),
    failureOf: (error) => {
      const failure = failureOf(error, sdk);
      const ended = endReason();
      return failure.isLost && ended !== null ? { ...failure, reason: ended } : failure;
    },
    async close() {
      isOpen = false;
      signal.removeEventListener("abort", stop);
      await endSession();
      await client.close();
      // The client forgets a transport that has closed; the program behind it may not have ended.
      await transport.close();
    },
  };
}

type Sdk = typeof import("@modelcontextprotocol/client");

function createTransport(settings: McpServerSettings, sdk: Sdk, onStderr: (line: string) => void, lose: (reason: string) => void): { transport: Transport; endReason(): string | null; endSession(): Promise<void> } {
  if (settings.transport === "stdio") {
    const { PATH = "", HOME = "" } = process.env;
    const transport = createStdioTransport({ ...settings, env: { PATH, HOME, ...settings.env }, onStderr: (stream) => readLines(stream, onStderr), maxMessageBytes, sdk });
    return { transport, endReason: () => transport.endReason, endSession: () => Promise.resolve() };
  }
  const transport = new sdk.StreamableHTTPClientTransport(new URL(settings.url), {
    requestInit: { headers: legalHeaders(settings.headers) },
    fetch: createBoundedFetch(maxMessageBytes),
    // A stream that ends is taken up again, as it may after any pause; when that does not work, the server is gone.
    reconnectionScheduler(reconnect, delayMs, attempt) {
      if (attempt > 0) {
        lose("the connection was lost");
        return;
      }
      const timer = setTimeout(reconnect, delayMs);
      return () => clearTimeout(timer);
    },
  });
  const endSession = async (): Promise<void> => {
    let timer: NodeJS.Timeout | undefined;
    const enough = new Promise<void>((resolve) => (timer = setTimeout(resolve, closeTimeoutMs)));
    await Promise.race([transport.terminateSession().catch(() => {}), enough]);
    clearTimeout(timer);
  };
  return { transport, endReason: () => null, endSession };
}

/** Refused here, since `fetch` would repeat the value in its error. */
function legalHeaders(headers: Readonly<Record<string, string>>): Headers {
  try {
    return new Headers(headers);
  } catch {
    throw new McpError("a header in the settings has a name or a value that is not legal in HTTP");
  }
}
