/** The port to a tool that the agent can call in a turn. */
export interface Tool {
  readonly name: string;
  readonly description: string;
  /** JSON Schema (2020-12) of the input object; closed. */
  readonly inputSchema: Record<string, unknown>;
  /** Runs the tool. `input` has already been validated against `inputSchema`. Throws `ToolError` with a message the model may read. */
  invoke(input: Record<string, unknown>, signal: AbortSignal): Promise<string>;
}

/** A tool failed by itself; the message goes to the model, to the stream and to whoever invoked it. */
export class ToolError extends Error {
  override readonly name = "ToolError";
}
