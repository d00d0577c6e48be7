import { isDeepStrictEqual } from "node:util";
import type { Logger } from "pino";
import type { McpServerSettings, McpSettings } from "../settings/settings.ts";
import type { Tool, ToolSource } from "../tools/port.ts";
import { createMcpServer, type McpServer, type McpState } from "./server.ts";

/** A server of the settings, as it is now. */
export interface McpServerStatus {
  name: string;
  transport: McpServerSettings["transport"];
  state: McpState | "disabled";
  /** How many of its tools can be called now. */
  toolCount: number;
  /** Why it is not connected; null while it is, and before the first attempt has ended. */
  lastError: string | null;
}

/** The tools of MCP servers. */
export interface Mcp extends ToolSource {
  /** In the order of the settings. */
  list(): readonly McpServerStatus[];
  /** Starts the servers that are new, ends those that are gone, both for those that are changed; the others stay. Waits for nothing. */
  use(settings: McpSettings): void;
  /** Ends all connections, and the programs. */
  close(): Promise<void>;
}

export interface McpOptions {
  version: string;
  log: Logger;
  /** Takes secrets out of what servers say of their failures, which is shown. */
  hideSecrets(text: string): string;
  now?: () => number;
  /** Calls back after a time; answers what takes that back. */
  schedule?: (callback: () => void, delayMs: number) => () => void;
  random?: () => number;
  /** For a handshake, and for a list of tools. Default 60 s. */
  connectTimeoutMs?: number;
}

/** Servers of the Model Context Protocol (https://modelcontextprotocol.io), over standard input and output or streamable HTTP. Does nothing before `use`. */
export function createMcp({ version, log, hideSecrets, now = Date.now, schedule = timer, random = Math.random, connectTimeoutMs = 60_000 }: McpOptions): Mcp {
  let configured: McpSettings["servers"] = {};
  let servers = new Map<string, McpServer>();
  let tools: readonly Tool[] | undefined;
  const ending = new Set<Promise<void>>();
  let isClosed = false;

  function create(name: string, settings: McpServerSettings): McpServer {
    return createMcpServer({
      name,
      settings,
      otherServers: () => Object.keys(configured).filter((other) => other !== name),
      version,
      log,
      hideSecrets,
      now,
      schedule,
      random,
      connectTimeoutMs,
      onChange: () => (tools = undefined),
    });
  }

  function end(server: McpServer): void {
    const ended = server.close().finally(() => ending.delete(ended));
    ending.add(ended);
  }

  return {
    tools: () => (tools ??= [...servers.values()].flatMap((server) => server.tools())),
    list: () =>
      Object.entries(configured).map(([name, { transport }]) => {
        const server = servers.get(name);
        return { name, transport, state: server?.state ?? "disabled", toolCount: server?.tools().length ?? 0, lastError: server?.lastError ?? null };
      }),
    use({ servers: next }) {
      if (isClosed) return;
      configured = next;
      const before = servers;
      servers = new Map();
      for (const [name, settings] of Object.entries(next)) {
        const server = before.get(name);
        const isSame = server !== undefined && isDeepStrictEqual(server.settings, settings);
        if (isSame) server.rename();
        if (isSame || settings.enabled) servers.set(name, isSame ? server : create(name, settings));
      }
      for (const [name, server] of before) if (servers.get(name) !== server) end(server);
      tools = undefined;
    },
    async close() {
      isClosed = true;
      for (const server of servers.values()) end(server);
      servers = new Map();
      tools = undefined;
      await Promise.all(ending);
    },
  };
}

function timer(callback: () => void, delayMs: number): () => void {
  const running = setTimeout(callback, delayMs);
  running.unref();
  return () => clearTimeout(running);
}
