import type { ValidateFunction } from "ajv";
import type { ToolRights } from "../keys/principal.ts";
import type { ToolDefinition } from "../providers/port.ts";
import { type Fault, faultsOf } from "../schema-faults.ts";
import type { Settings } from "../settings/settings.ts";
import { bounded } from "./bounded.ts";
import { createBuiltinTools } from "./builtin/tools.ts";
import { inputValidator } from "./input-schema.ts";
import { type AgentTools, asks, isChosen, refusal } from "./policy.ts";
import { ToolError, ToolRefusal, type Tool, type ToolContext, type ToolSource } from "./port.ts";

/** What the settings say of tools. */
export type ToolSettings = Pick<Settings, "tools" | "network">;

export interface Tools {
  /** Every tool there is, whether it may be called or not, by name. */
  list(): readonly Tool[];
  get(name: string): Tool | undefined;
  /** Why this key may not call a tool, in words for whoever asks; null when it may. */
  refusal(tool: Tool, principal: ToolRights): string | null;
  /** How long a call of the tool waits until somebody has approved it; null when it need not. */
  approvalTimeoutMs(name: string): number | null;
  /** What a model is told of: the tools that an agent's settings choose, as far as the key may call them. The same object for the same agent is answered faster. */
  definitions(agent: AgentTools, principal: ToolRights): readonly ToolDefinition[];
  /**
   * Invokes a tool, with the JSON text that a model wrote or the object that a caller sent. Rejects with a ToolError whose text both
   * may read (a ToolInputError when the input does not fit, a ToolTimeout when it took too long), or with the signal's reason.
   * Answers at most 64 KiB and a note.
   */
  invoke(name: string, input: string | Record<string, unknown>, context: ToolContext): Promise<string>;
  /** Goes over to other settings: from the next call on, in turns under way as well. */
  use(settings: ToolSettings): void;
}

/** A call of a tool that came to an end. */
export interface Invocation {
  name: string;
  context: ToolContext;
  isError: boolean;
  durationMs: number;
}

/** The input does not fit the tool's schema. */
export class ToolInputError extends ToolRefusal {
  readonly faults: readonly Fault[];

  constructor(message: string, faults: readonly Fault[]) {
    super(message);
    this.faults = faults;
  }
}

/** The tool took longer than it may. */
export class ToolTimeout extends ToolError {}

export interface ToolsOptions {
  settings: ToolSettings;
  sources?: readonly ToolSource[];
  /** Told of each call that was carried out, refused ones not among them. */
  onInvoked?: (invocation: Invocation) => void;
  now?: () => number;
}

/** The built-in tools and those of other rooms (memory, skills, MCP servers), behind one door that validates, bounds and times out. Of two tools with one name the first counts. */
export function createTools({ settings, sources = [], onInvoked, now = Date.now }: ToolsOptions): Tools {
  let rules = settings.tools;
  let builtin = builtinOf(settings);
  let listed: readonly (readonly Tool[])[] | undefined;
  let sorted: readonly Tool[] = [];

  function builtinOf({ tools: { roots }, network: { allowPrivate } }: ToolSettings): readonly Tool[] {
    return createBuiltinTools({ roots, allowPrivate, now });
  }

  /** Sorted again only when a source has another list than before. */
  function list(): readonly Tool[] {
    const lists = [builtin, ...sources.map((source) => source.tools())];
    if (listed?.every((tools, index) => tools === lists[index]) !== true) {
      listed = lists;
      const byName = new Map<string, Tool>();
      for (const tool of lists.flat()) if (!byName.has(tool.name)) byName.set(tool.name, tool);
      sorted = [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    }
    return sorted;
  }

  /** What the settings of an agent chose last. The same lists turn after turn let providers keep what they make of them. */
  const chosen = new WeakMap<AgentTools, { all: readonly Tool[]; rules: ToolSettings["tools"]; key: ToolRights; definitions: readonly ToolDefinition[] }>();

  const get = (name: string) => list().find((tool) => tool.name === name);
  const refusalOf: Tools["refusal"] = (tool, principal) => refusal(tool, rules, principal);

  return {
    list,
    get,
    refusal: refusalOf,
    approvalTimeoutMs: (name) => (asks({ name }, rules) ? rules.approvalTimeoutMs : null),
    definitions(agent, { tools: keyTools, denyTools }) {
      const all = list();
      const kept = chosen.get(agent);
      if (kept?.all === all && kept.rules === rules && kept.key.tools === keyTools && kept.key.denyTools === denyTools) return kept.definitions;
      const key: ToolRights = { tools: keyTools, denyTools };
      const definitions = all.filter((tool) => isChosen(tool, agent) && refusalOf(tool, key) === null).map(definitionOf);
      chosen.set(agent, { all, rules, key, definitions });
      return definitions;
    },
    async invoke(name, given, context) {
      context.signal.throwIfAborted();
      const tool = get(name);
      if (tool === undefined) throw new ToolRefusal(`There is no tool named ${JSON.stringify(name.slice(0, 100))}.`);
      const reason = refusalOf(tool, context.principal);
      if (reason !== null) throw new ToolRefusal(`The tool ${name} is not allowed. ${reason}`);
      const input = typeof given === "string" ? parse(name, given) : given;
      await check(tool, input);
      context.signal.throwIfAborted();
      const startedAt = performance.now();
      let isError = true;
      try {
        const output = bounded(await timed(tool, input as Record<string, unknown>, tool.timeoutMs ?? rules.timeoutMs, context));
        isError = false;
        return output;
      } finally {
        onInvoked?.({ name, context, isError, durationMs: Math.round(performance.now() - startedAt) });
      }
    },
    use(next) {
      rules = next.tools;
      builtin = builtinOf(next);
    },
  };
}

/** A tool's definition is one object as long as there is the tool. */
const definitionsOf = new WeakMap<Tool, ToolDefinition>();

function definitionOf(tool: Tool): ToolDefinition {
  let definition = definitionsOf.get(tool);
  if (definition === undefined) {
    const { name, description, inputSchema } = tool;
    definitionsOf.set(tool, (definition = { name, description, inputSchema }));
  }
  return definition;
}

function parse(name: string, text: string): unknown {
  try {
    return JSON.parse(text.trim() === "" ? "{}" : text);
  } catch {
    throw new ToolInputError(`The arguments of ${name} are not valid JSON.`, [{ path: "", message: "must be valid JSON" }]);
  }
}

/** Throws a ToolInputError with every fault. */
async function check(tool: Tool, input: unknown): Promise<void> {
  const validate = await validatorOf(tool);
  if (validate(input)) return;
  const faults = faultsOf(validate.errors ?? []);
  throw new ToolInputError(`The arguments of ${tool.name} do not fit: ${faults.map(({ path, message }) => `${path === "" ? "the input" : path} ${message}`).join("; ")}.`, faults);
}

async function validatorOf({ name, inputSchema }: Tool): Promise<ValidateFunction> {
  try {
    return await inputValidator(inputSchema);
  } catch (error) {
    throw new ToolRefusal(`The tool ${name} has an input schema that cannot be used.`, { cause: error });
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
  const timer = setTimeout(() => timeout.abort(new ToolTimeout(`The tool ${tool.name} took longer than ${timeoutMs} ms and was stopped.`)), timeoutMs);
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
