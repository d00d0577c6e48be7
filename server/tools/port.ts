import type { Principal } from "../keys/principal.ts";

/** The port to a tool that an agent can call in a turn, and a key over HTTP. */
export interface Tool {
  readonly name: string;
  readonly description: string;
  /** JSON Schema (2020-12) of the input object; closed. */
  readonly inputSchema: Record<string, unknown>;
  /** Whether it changes what is outside the gateway, or runs what a model wrote: off until the settings allow it by name. Default false. */
  readonly isDangerous?: boolean;
  /** What a key needs, besides `tools:invoke`, to call it without a model: what the same would need over HTTP. */
  readonly permission?: string;
  /** For one invocation, where the tool needs another time than the settings give all. */
  readonly timeoutMs?: number;
  /** Runs the tool. `input` has already been validated against `inputSchema`. Throws `ToolError` with a message the model may read. */
  invoke(input: Record<string, unknown>, context: ToolContext): Promise<string>;
}

/** On whose behalf a tool is called, and where. */
export interface ToolContext {
  readonly principal: Principal;
  readonly workspaceId: string;
  /** Null where a key calls the tool itself, as is so with the session and the run. */
  readonly agentId: string | null;
  readonly sessionId: string | null;
  readonly runId: string | null;
  readonly userId: string | null;
  /** Aborted when nobody waits any more, or the time is over. */
  readonly signal: AbortSignal;
}

/** A room that has tools of its own: memory, skills, MCP servers. What it lists may change while the gateway runs. */
export interface ToolSource {
  tools(): readonly Tool[];
}

/** A tool failed by itself; the message goes to the model, to the stream and to whoever invoked it. */
export class ToolError extends Error {
  override readonly name: string = "ToolError";
}

/** The call was refused, and nothing was run. */
export class ToolRefusal extends ToolError {}
