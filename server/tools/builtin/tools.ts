import type { Tool } from "../port.ts";
import { createCalculateTool } from "./calculate.ts";
import { createFetchTool, type FetchToolOptions } from "./fetch.ts";
import { createListTool } from "./list.ts";
import { createNowTool } from "./now.ts";
import { createReadTool } from "./read.ts";
import { createRunCodeTool } from "./run-code.ts";
import { createWriteTool } from "./write.ts";

/** The tools that every gateway has. */
export function createBuiltinTools(options: FetchToolOptions & { roots: readonly string[]; now: () => number }): readonly Tool[] {
  return [createReadTool(options), createWriteTool(options), createListTool(options), createFetchTool(options), createCalculateTool(), createNowTool(options), createRunCodeTool()];
}
