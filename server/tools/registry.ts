import type { Ajv2020, ValidateFunction } from "ajv/dist/2020.js";
import type { ToolDefinition } from "../providers/port.ts";
import { createCalculateTool } from "./calculate.ts";
import { matchesAny } from "./globs.ts";
import { ToolError, type Tool, type ToolContext, type ToolSource } from "./port.ts";
import { createReadTool } from "./read.ts";

/** What the settings say of tools. */
export interface ToolPolicy {
  /** Absolute folders under which `read` may read. */
  roots: readonly string[];
  /** For one invocation. Default 30 s. */
  timeoutMs?: number;
  /** Names or globs of the tools that may be invoked. Default all. */
  allow?: readonly string[];
  /** Names or globs of those that may not, although they are allowed. Default none. */
  deny?: readonly string[];
}

export interface ToolsOptions extends ToolPolicy {
  /** Rooms with tools of their own (memory, MCP servers, …). A name that a tool before it has is passed over. */
  sources?: readonly ToolSource[];
}

export interface Tools {
  /** Every tool there is, allowed or not, by name. */
  list(): readonly Tool[];
  get(name: string): Tool | undefined;
  /** Whether the settings allow the tool. */
  allowed(name: string): boolean;
  /** What a model is told of: the allowed tools that an agent's names or globs choose. */
  definitions(globs: readonly string[]): ToolDefinition[];
  /**
   * Invokes a tool with the JSON text that a model or a caller wrote. Rejects with a ToolError whose text both may read
   * (a ToolInputError when the input does not fit), or with the signal's reason. Answers at most 64 KiB.
   */
  invoke(name: string, argumentsJson: string, context: ToolContext): Promise<string>;
  /** Exchanges the policy, for turns under way as well: what is denied is not invoked any more. */
  use(next: ToolPolicy): void;
}

/** The input does not fit the tool's schema; `errors` says where, with JSON pointers. */
export class ToolInputError extends ToolError {
  readonly errors: readonly { path: string; message: string }[];

  constructor(message: string, errors: readonly { path: string; message: string }[]) {
    super(message);
    this.errors = errors;
  }
}

const maxOutput = 65_536;

/** The built-in tools and those of other rooms, behind one door that validates, bounds and times out. */
export function createTools({ sources = [], ...settings }: ToolsOptions): Tools {
  let policy: ToolPolicy = settings;
  let builtIn = builtInTools(policy);
  let listed: readonly (readonly Tool[])[] | undefined;
  let sorted: readonly Tool[] = [];
  let ajv: Promise<Ajv2020> | undefined;
  const validators = new WeakMap<Tool, ValidateFunction>();
  const allowed = (name: string): boolean => matchesAny(policy.allow ?? ["*"], name) && !matchesAny(policy.deny ?? [], name);

  /** Sorted again only when a source has another list than before. */
  function list(): readonly Tool[] {
    const lists = [builtIn, ...sources.map((source) => source.tools())];
    if (listed?.every((tools, index) => tools === lists[index]) !== true) {
      listed = lists;
      const byName = new Map<string, Tool>();
      for (const tool of lists.flat()) if (!byName.has(tool.name)) byName.set(tool.name, tool);
      sorted = [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    }
    return sorted;
  }

  const get = (name: string) => list().find((tool) => tool.name === name);

  async function parse(tool: Tool, argumentsJson: string): Promise<Record<string, unknown>> {
    let input: unknown;
    try {
      input = JSON.parse(argumentsJson.trim() === "" ? "{}" : argumentsJson);
    } catch {
      throw new ToolInputError(`The arguments of ${tool.name} are not valid JSON.`, [{ path: "", message: "must be valid JSON" }]);
    }
    let validate = validators.get(tool);
    if (validate === undefined) {
      validate = compile(await (ajv ??= loadAjv()), tool);
      validators.set(tool, validate);
    }
    if (validate(input)) return input as Record<string, unknown>;
    const errors = (validate.errors ?? []).slice(0, 20).map((error) => {
      const extra = error.keyword === "additionalProperties" ? ` (${String(error.params["additionalProperty"])})` : "";
      return { path: error.instancePath, message: `${error.message ?? "is not valid"}${extra}` };
    });
    const listed = errors.map(({ path, message }) => `${path === "" ? "the input" : path} ${message}`).join("; ");
    throw new ToolInputError(`The arguments of ${tool.name} do not fit: ${listed}.`, errors);
  }

  return {
    list,
    get,
    allowed,
    definitions(globs) {
      return list()
        .filter((tool) => matchesAny(globs, tool.name) && allowed(tool.name))
        .map(({ name, description, inputSchema }) => ({ name, description, inputSchema }));
    },
    async invoke(name, argumentsJson, context) {
      context.signal.throwIfAborted();
      const tool = get(name);
      if (tool === undefined) throw new ToolError(`There is no tool named ${JSON.stringify(name.slice(0, 100))}.`);
      if (!allowed(name)) throw new ToolError(`The tool ${name} is not allowed on this gateway.`);
      const input = await parse(tool, argumentsJson);
      context.signal.throwIfAborted();
      return bounded(await timed(tool, input, tool.timeoutMs ?? policy.timeoutMs ?? 30_000, context));
    },
    use(next) {
      policy = next;
      builtIn = builtInTools(next);
    },
  };
}

const builtInTools = ({ roots }: ToolPolicy): readonly Tool[] => [createReadTool({ roots }), createCalculateTool()];

/** Loaded with the first call: a gateway that calls no tools need not carry a compiler. */
async function loadAjv(): Promise<Ajv2020> {
  const { Ajv2020 } = await import("ajv/dist/2020.js");
  // Not strict: schemas of MCP servers carry words of their own.
  return new Ajv2020({ allErrors: true, strict: false, validateFormats: false, logger: false });
}

function compile(ajv: Ajv2020, tool: Tool): ValidateFunction {
  try {
    // `$id`s of foreign schemas may collide; they are of no use here.
    const { $id: _id, ...schema } = tool.inputSchema;
    return ajv.compile(schema);
  } catch (error) {
    throw new ToolError(`The tool ${tool.name} has an input schema that cannot be used.`, { cause: error });
  }
}

/** Waits for the tool no longer than it may take, whether it heeds its signal or not. */
async function timed(tool: Tool, input: Record<string, unknown>, timeoutMs: number, context: ToolContext): Promise<string> {
  const { signal } = context;
  const timeout = new AbortController();
  const both = AbortSignal.any([signal, timeout.signal]);
  let abort: (() => void) | undefined;
  const stopped = new Promise<never>((_resolve, reject) => {
    abort = () => reject(both.reason as Error);
    both.addEventListener("abort", abort, { once: true });
  });
  const timer = setTimeout(() => timeout.abort(new ToolError(`The tool ${tool.name} took longer than ${timeoutMs} ms and was stopped.`)), timeoutMs);
  try {
    return await Promise.race([tool.invoke(input, { ...context, signal: both }), stopped]);
  } catch (error) {
    signal.throwIfAborted();
    if (timeout.signal.aborted) throw timeout.signal.reason;
    if (error instanceof ToolError) throw error;
    // What broke inside the tool is for the log, by way of the cause.
    throw new ToolError(`The tool ${tool.name} failed.`, { cause: error });
  } finally {
    clearTimeout(timer);
    if (abort !== undefined) both.removeEventListener("abort", abort);
  }
}

function bounded(output: string): string {
  if (output.length * 3 <= maxOutput) return output;
  const bytes = Buffer.from(output, "utf8");
  if (bytes.length <= maxOutput) return output;
  // A character that the cut goes through is left out.
  let end = maxOutput;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return `${bytes.toString("utf8", 0, end)}\n[The output was cut: it has ${bytes.length} bytes, and these are the first ${end}.]`;
}
