import type { Call } from "./caller.ts";
import { operationOf, type Operation } from "./contract.ts";
import { Skipped } from "./trials.ts";
import type { World } from "./world.ts";

/** The world of a server that keeps nothing, such as a mock: the contract's examples as they stand. */
export function createStatelessWorld(call: Call): World {
  const named = (id: "getAgent" | "getWorkspace") => String(operationOf(id).parameters[0]!.examples[0]);

  return {
    path: async (operation) => examplesIn(operation),
    fit: async (_operation, example) => example,
    agent: async () => named("getAgent"),
    workspace: async () => named("getWorkspace"),
    async run() {
      const { headers } = await call("streamChat", { json: { message: "Hello" } });
      const runId = headers.get("X-Run-Id");
      if (runId === null) throw new Skipped("no run is at hand: streamChat names none");
      return runId;
    },
    add: async () => false,
    tool: async () => ({ name: examplesIn(operationOf("invokeTool"))["name"]!, params: {} }),
  };
}

function examplesIn({ parameters }: Operation): Record<string, string> {
  return Object.fromEntries(parameters.filter(({ in: place }) => place === "path").map(({ name, examples }) => [name, String(examples[0])]));
}
