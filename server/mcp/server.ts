import type { Logger } from "pino";
import type { McpServerSettings } from "../settings/settings.ts";
import { ToolError, type Tool, type ToolContext } from "../tools/port.ts";
import { createBackoff } from "../backoff.ts";
import { openLink, type CallToolResult, type ListedTool, type McpLink } from "./link.ts";
import { McpError } from "./mcp-error.ts";
import { createServerTools } from "./server-tools.ts";

export type McpState = "connecting" | "connected" | "disconnected";

/** One server of the settings: connected as long as it can be, and connected again when it went away. */
export interface McpServer {
  readonly settings: McpServerSettings;
  readonly state: McpState;
  /** Why it is not connected, or was not the last time; null after it has connected. */
  readonly lastError: string | null;
  /** Those of a connected server. Another array when they are others. */
  tools(): readonly Tool[];
  /** Names the tools anew, when other servers came or went. */
  rename(): void;
  /** Ends the connection and the program. */
  close(): Promise<void>;
}

export interface McpServerOptions {
  name: string;
  settings: McpServerSettings;
  otherServers(): readonly string[];
  version: string;
  log: Logger;
  hideSecrets(text: string): string;
  now(): number;
  /** Calls back after a time; answers what takes that back. */
  schedule(callback: () => void, delayMs: number): () => void;
  random(): number;
  connectTimeoutMs: number;
  /** The tools are others than before. */
  onChange(): void;
}

/** After so long, a connection is taken for a good one, and the next loss for the first. */
const stableMs = 60_000;

export function createMcpServer({ name, settings, otherServers, version, log, hideSecrets, now, schedule, random, connectTimeoutMs, onChange }: McpServerOptions): McpServer {
  const backoff = createBackoff(random);
  const closing = new AbortController();
  const readTools = createServerTools({ server: name, call, onLeftOut: (tool, reason) => log.warn({ mcpServer: name, tool, reason }, "a tool of an MCP server is left out") });
  let state: McpState = "connecting";
  let lastError: string | null = null;
  let link: McpLink | undefined;
  let listed: readonly ListedTool[] = [];
  let tools: readonly Tool[] = [];
  let connectedAt = 0;
  let negotiation: "auto" | "legacy" = "auto";
  let cancelRetry: (() => void) | undefined;
  /** What is being done: connecting, reading the tools, ending. One thing after another. */
  let work: Promise<void> = connect();

  async function connect(): Promise<void> {
    state = "connecting";
    let opened: McpLink | undefined;
    let lostBecause: string | undefined;
    try {
      opened = await openLink({
        settings,
        version,
        timeoutMs: connectTimeoutMs,
        negotiation,
        signal: closing.signal,
        onToolsChanged: () => queue(readAgain),
        onLost(reason) {
          lostBecause = reason;
          lost(opened, reason);
        },
        onStderr: (line) => log.info({ mcpServer: name, line }, "an MCP server says"),
      });
      listed = await opened.listTools();
      const read = await readTools(listed, otherServers());
      closing.signal.throwIfAborted();
      if (lostBecause !== undefined) throw new McpError(lostBecause);
      setTools(read);
    } catch (error) {
      await opened?.close();
      if (closing.signal.aborted) return;
      // A program that ended on the question for its revision is spoken to in the older way the next time.
      negotiation = negotiation === "auto" ? "legacy" : "auto";
      retry(error instanceof McpError ? error.message : (opened?.failureOf(error).reason ?? "the connection failed"));
      return;
    }
    link = opened;
    state = "connected";
    lastError = null;
    connectedAt = now();
    log.info({ mcpServer: name, tools: tools.length }, "an MCP server is connected");
  }

  function retry(reason: string): void {
    state = "disconnected";
    lastError = hideSecrets(reason);
    setTools([]);
    const delayMs = backoff.nextMs();
    log.warn({ mcpServer: name, reason: lastError, retryInMs: delayMs }, "an MCP server is not connected");
    cancelRetry = schedule(() => queue(connect), delayMs);
  }

  /** A link that ends while it is still being set up fails there. */
  function lost(dead: McpLink | undefined, reason: string): void {
    if (dead === undefined || dead !== link || closing.signal.aborted) return;
    link = undefined;
    if (now() - connectedAt >= stableMs) backoff.reset();
    state = "disconnected";
    lastError = hideSecrets(reason);
    setTools([]);
    const ended = dead.close();
    queue(async () => {
      await ended;
      if (!closing.signal.aborted) retry(reason);
    });
  }

  async function readAgain(): Promise<void> {
    const from = link;
    if (from === undefined) return;
    try {
      listed = await from.listTools();
      const read = await readTools(listed, otherServers());
      if (link === from) setTools(read);
    } catch (error) {
      const { reason, isLost } = from.failureOf(error);
      if (isLost) lost(from, reason);
      else log.warn({ mcpServer: name, reason }, "the tools of an MCP server could not be read again");
    }
  }

  function setTools(read: readonly Tool[]): void {
    if (read.length === tools.length && read.every((tool, index) => tool === tools[index])) return;
    tools = read;
    onChange();
  }

  function queue(next: () => Promise<void>): void {
    const before = work;
    work = (async () => {
      await before;
      await next();
    })();
  }

  async function call(tool: string, input: Record<string, unknown>, { signal }: ToolContext): Promise<CallToolResult> {
    const through = link;
    if (through === undefined) throw new ToolError(`The MCP server ${name} is not connected${lastError === null ? "" : `: ${lastError}`}.`);
    try {
      return await through.call(tool, input, signal);
    } catch (error) {
      signal.throwIfAborted();
      const { reason, isLost } = through.failureOf(error);
      if (isLost) lost(through, reason);
      throw new ToolError(`The MCP server ${name} failed: ${hideSecrets(reason)}.`);
    }
  }

  return {
    settings,
    get state() {
      return state;
    },
    get lastError() {
      return lastError;
    },
    tools: () => tools,
    rename() {
      queue(async () => {
        if (link !== undefined) setTools(await readTools(listed, otherServers()));
      });
    },
    async close() {
      closing.abort();
      cancelRetry?.();
      await link?.close();
      await work;
      tools = [];
    },
  };
}
