import { Worker } from "node:worker_threads";
import { threadFile } from "../../package-files.ts";
import { ToolError, type Tool } from "../port.ts";
import type { CodeOutcome, CodeTask } from "./run-code-worker.ts";

/** How long a program may run. Starting it takes some tens of milliseconds more. */
const defaultMaxMs = 5_000;

/** A program that is deaf to its deadline is stopped from outside this long after it. */
const graceMs = 1_000;

/** Each takes a thread, and up to some 60 MB. */
const mostAtOnce = 4;

/**
 * `run_code {code, input?}`: JavaScript in QuickJS, compiled to WebAssembly, in a thread of its own: no file, no network, no clock to
 * wait for, no object of ours within its reach; its time, memory and stack are bounded, and no loop of it holds up the gateway.
 */
export function createRunCodeTool({ maxMs = defaultMaxMs }: { maxMs?: number } = {}): Tool {
  let running = 0;
  return {
    name: "run_code",
    description:
      "Runs JavaScript (ES2023) in a sandbox without files, network or timers. The value of the last expression is the result, as JSON; what console.log prints comes before it. The member `input` is there as the variable `input`.",
    isDangerous: true,
    inputSchema: {
      type: "object",
      properties: {
        code: { type: "string", minLength: 1, maxLength: 100_000, description: "The program, such as [3, 1, 2].sort()" },
        input: { description: "Any JSON value that the program works on" },
      },
      required: ["code"],
      additionalProperties: false,
    },
    async invoke({ code, input }, { signal }) {
      if (running >= mostAtOnce) throw new ToolError(`${mostAtOnce} programs are running already. Try again in a moment.`);
      running += 1;
      try {
        return show(await runInThread({ code: String(code), input: input === undefined ? "null" : JSON.stringify(input), maxMs }, signal));
      } finally {
        running -= 1;
      }
    },
  };
}

/** Rejects with a ToolError, or with the signal's reason. The thread is gone by then. */
async function runInThread(task: CodeTask, signal: AbortSignal): Promise<CodeOutcome> {
  const worker = new Worker(threadFile("server/tools/builtin/run-code-worker.ts"), { workerData: task, env: {}, argv: [], stdin: false, stdout: true, stderr: true, resourceLimits: { maxOldGenerationSizeMb: 64 } });
  const { promise, resolve, reject } = Promise.withResolvers<CodeOutcome>();
  const abort = () => reject(signal.reason as Error);
  const timer = setTimeout(() => reject(tooSlow(task.maxMs)), task.maxMs + graceMs);
  worker.once("message", resolve);
  worker.once("error", (cause) => reject(new ToolError("The program was stopped: it took more memory than it may.", { cause })));
  worker.once("exit", () => reject(new ToolError("The program was stopped.")));
  signal.addEventListener("abort", abort, { once: true });
  try {
    const outcome = await promise;
    if (outcome.kind === "tooSlow") throw tooSlow(task.maxMs);
    return outcome;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
    await worker.terminate();
  }
}

function tooSlow(maxMs: number): ToolError {
  return new ToolError(`The program took longer than ${maxMs} ms and was stopped.`);
}

function show({ kind, text, printed }: CodeOutcome): string {
  const shown = printed === "" ? text : `${printed}\n${text}`;
  if (kind === "thrown") throw new ToolError(`The program failed: ${shown}`);
  return shown;
}
