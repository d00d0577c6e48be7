import { join } from "node:path";
import { parseArgs } from "node:util";

const measures = ["json", "sse", "access", "idle", "sockets", "start", "memory", "stats"] as const;
export type Measure = (typeof measures)[number];

export interface Options {
  rounds: number;
  only: readonly Measure[];
  json: boolean;
  check: boolean;
  /** The reference in the gateway's place: every ratio should be 1, and how far it is off is the harness's own noise. */
  self: boolean;
  /** The command-line entry of the gateway under test. */
  entry: string;
}

export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: "string", default: "5" },
      only: { type: "string", default: measures.join(",") },
      json: { type: "boolean", default: false },
      check: { type: "boolean", default: false },
      self: { type: "boolean", default: false },
      gateway: { type: "string", default: join(import.meta.dirname, "../../server/cli/openclaw.ts") },
    },
  });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds wants a whole number from 1, not ${values.rounds}`);
  const only = values.only.split(",").map((name) => {
    const measure = measures.find((known) => known === name.trim());
    if (measure === undefined) throw new Error(`--only knows ${measures.join(", ")}, not ${name}`);
    return measure;
  });
  return { rounds, only, json: values.json, check: values.check, self: values.self, entry: values.gateway };
}
