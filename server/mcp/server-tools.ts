import { setImmediate as nextTask } from "node:timers/promises";
import { inputValidator } from "../tools/input-schema.ts";
import { ToolError, type Tool, type ToolContext } from "../tools/port.ts";
import type { CallToolResult, ListedTool } from "./link.ts";
import { resultText } from "./result-text.ts";
import { toolNames } from "./tool-names.ts";

export interface ServerToolsOptions {
  server: string;
  call(name: string, input: Record<string, unknown>, context: ToolContext): Promise<CallToolResult>;
  /** Told why a tool is left out. */
  onLeftOut(tool: string, reason: string): void;
}

/** Makes tools of what a server lists. A definition that was there before keeps its tool, so that what others know of it stays. */
export type ReadServerTools = (listed: readonly ListedTool[], otherServers: readonly string[]) => Promise<readonly Tool[]>;

const maxTools = 1_000;
const maxDescriptionLength = 4_096;
const maxSchemaLength = 65_536;

export function createServerTools({ server, call, onLeftOut }: ServerToolsOptions): ReadServerTools {
  let known = new Map<string, Tool>();

  function make(name: string, { name: itsName, description = "", inputSchema, annotations }: ListedTool): Tool {
    return {
      name,
      description: description.length > maxDescriptionLength ? `${description.slice(0, maxDescriptionLength)}…` : description,
      inputSchema,
      // What a server says of its tools is believed where it warns, and nowhere else.
      isDangerous: annotations?.destructiveHint === true,
      async invoke(input, context) {
        const result = await call(itsName, input, context);
        const text = resultText(result);
        if (result.isError === true) throw new ToolError(text === "" ? `The tool ${name} failed and did not say why.` : text.slice(0, maxErrorLength));
        return text;
      },
    };
  }

  /** Between two schemas others have their turn: compiling hundreds of them takes a while. */
  async function whyNot({ inputSchema }: ListedTool): Promise<string | null> {
    if (JSON.stringify(inputSchema).length > maxSchemaLength) return `its input schema is larger than ${maxSchemaLength} characters`;
    await nextTask();
    return inputValidator(inputSchema).then(
      () => null,
      () => "its input schema cannot be used",
    );
  }

  return async (listed, otherServers) => {
    const byName = new Map<string, ListedTool>();
    for (const tool of listed) {
      if (byName.has(tool.name)) onLeftOut(tool.name, "the server lists another of that name");
      else if (byName.size >= maxTools) onLeftOut(tool.name, `the server has more than ${maxTools} tools`);
      else byName.set(tool.name, tool);
    }
    const names = toolNames(server, [...byName.keys()], otherServers);
    const next = new Map<string, Tool>();
    for (const [itsName, tool] of byName) {
      const name = names.get(itsName)!;
      const definition = JSON.stringify([name, itsName, tool.description, tool.inputSchema, tool.annotations?.destructiveHint]);
      const before = known.get(definition);
      const reason = before === undefined ? await whyNot(tool) : null;
      if (reason === null) next.set(definition, before ?? make(name, tool));
      else onLeftOut(itsName, reason);
    }
    known = next;
    return [...next.values()];
  };
}

/** Errors go to models and callers whole, where outputs are cut by the registry of tools. */
const maxErrorLength = 4_096;
