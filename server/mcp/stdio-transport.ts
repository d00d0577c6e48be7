import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { JSONRPCMessage, Transport } from "@modelcontextprotocol/client";
import { McpError } from "./mcp-error.ts";

const newline = 10;

export interface StdioTransport extends Transport {
  /** The SDK tells by these two that a server is a program. */
  readonly pid: number | null;
  readonly stderr: Readable | null;
  /** Why the program is no more, such as `the program ended with exit code 1`; null while it runs. */
  readonly endReason: string | null;
}

export interface StdioTransportOptions {
  command: string;
  args: readonly string[];
  /** The whole environment of the program. */
  env: Readonly<Record<string, string>>;
  onStderr(stream: Readable): void;
  maxMessageBytes: number;
  sdk: Pick<typeof import("@modelcontextprotocol/client"), "deserializeMessage" | "serializeMessage">;
  /** How long a program may take to end after its input has ended, and once more after SIGTERM. Default 1 s. */
  graceMs?: number;
}

/**
 * A server that is a program, spoken to in lines of JSON over its standard input and output (MCP 2025-11-25, Transports, stdio).
 *
 * The SDK's own transport hands on more of our environment than the settings promise and ends the program alone. Here the
 * program leads a process group, which ends as a whole: what `npx` and shells have started does not stay behind.
 */
export function createStdioTransport({ command, args, env, onStderr, maxMessageBytes, sdk, graceMs = 1_000 }: StdioTransportOptions): StdioTransport {
  // The line that has not ended yet, in pieces: joining it with each would take time by the square of its length.
  let pieces: Buffer[] = [];
  let bytes = 0;
  let child: ChildProcess | undefined;
  let endReason: string | null = null;
  let closing: Promise<void> | undefined;

  function killGroup(signal: NodeJS.Signals): void {
    if (child?.pid === undefined) return;
    try {
      process.kill(-child.pid, signal);
    } catch {
      // All of the group has ended.
    }
  }
  const killNow = (): void => killGroup("SIGKILL");

  function read(chunk: Buffer): void {
    let from = 0;
    for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, from)) {
      pieces.push(chunk.subarray(from, at));
      from = at + 1;
      hand(Buffer.concat(pieces).toString("utf8"));
      pieces = [];
      bytes = 0;
    }
    pieces.push(chunk.subarray(from));
    bytes += chunk.length - from;
    if (bytes <= maxMessageBytes) return;
    endReason = `the program wrote a line of more than ${maxMessageBytes} bytes`;
    pieces = [];
    bytes = 0;
    killNow();
  }

  /** Lines that are no messages are passed over: programs greet there, too. */
  function hand(line: string): void {
    let message: JSONRPCMessage;
    try {
      message = sdk.deserializeMessage(line);
    } catch (error) {
      transport.onerror?.(error as Error);
      return;
    }
    transport.onmessage?.(message);
  }

  async function end(running: ChildProcess): Promise<void> {
    const closed = once(running, "close");
    const isOver = () => Promise.race([closed.then(() => true), sleep(graceMs, false, { ref: false })]);
    running.stdin?.end();
    if (await isOver()) return;
    killGroup("SIGTERM");
    if (await isOver()) return;
    killNow();
    await closed;
  }

  const transport: StdioTransport = {
    get pid() {
      return child?.pid ?? null;
    },
    get stderr() {
      return child?.stderr ?? null;
    },
    get endReason() {
      return endReason;
    },
    async start() {
      const started = spawn(command, args, { env, stdio: "pipe", detached: true });
      child = started;
      started.stdout.on("data", read);
      started.stdin.on("error", (error) => transport.onerror?.(error));
      onStderr(started.stderr);
      started.once("exit", (code, signal) => {
        endReason ??= `the program ended ${signal === null ? `with exit code ${code}` : `by ${signal}`}`;
        // What it has started goes with it, and lets go of the pipes.
        killNow();
      });
      started.once("close", () => {
        process.off("exit", killNow);
        transport.onclose?.();
      });
      process.once("exit", killNow);
      await once(started, "spawn").catch((error: NodeJS.ErrnoException) => {
        process.off("exit", killNow);
        child = undefined;
        throw new McpError(`the program \`${command}\` cannot be started (${error.code ?? "unknown reason"})`, { cause: error });
      });
    },
    async send(message: JSONRPCMessage) {
      const stdin = child?.stdin;
      if (!stdin?.writable) throw new McpError(endReason ?? "the program does not run");
      if (!stdin.write(sdk.serializeMessage(message))) await Promise.race([once(stdin, "drain"), once(stdin, "close")]);
    },
    close() {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
      return (closing ??= end(child));
    },
  };
  return transport;
}
