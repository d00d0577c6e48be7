import { parentPort, workerData } from "node:worker_threads";
import variant from "@jitl/quickjs-wasmfile-release-sync";
import { newQuickJSWASMModuleFromVariant, type QuickJSContext, type QuickJSHandle, type QuickJSSyncVariant } from "quickjs-emscripten-core";

/** The thread of one program of `run_code`: takes its task when it starts, and answers once. */
export interface CodeTask {
  code: string;
  /** JSON. */
  input: string;
  maxMs: number;
}

export interface CodeOutcome {
  kind: "value" | "thrown" | "tooSlow";
  /** The result as JSON, or what was thrown. */
  text: string;
  /** What `console.log` has printed. */
  printed: string;
}

const maxMemoryBytes = 32 * 1024 * 1024;
const maxStackBytes = 512 * 1024;
const mostPrinted = 32_768;
const mostText = 1_000_000;

parentPort?.postMessage(await run(workerData as CodeTask));

async function run({ code, input, maxMs }: CodeTask): Promise<CodeOutcome> {
  const quickjs = await newQuickJSWASMModuleFromVariant(variant as unknown as QuickJSSyncVariant);
  const runtime = quickjs.newRuntime();
  runtime.setMemoryLimit(maxMemoryBytes);
  runtime.setMaxStackSize(maxStackBytes);
  const deadline = performance.now() + maxMs;
  const isOver = () => performance.now() > deadline;
  runtime.setInterruptHandler(isOver);
  const vm = runtime.newContext();

  // Before the program can put its own in their place.
  const json = vm.getProp(vm.global, "JSON");
  const stringify = vm.getProp(json, "stringify");
  const parse = vm.getProp(json, "parse");
  const textOf = (value: QuickJSHandle): string => jsonOf(vm, stringify, value);
  const printed = addConsole(vm, textOf);

  try {
    vm.setProp(vm.global, "input", vm.unwrapResult(vm.callFunction(parse, vm.undefined, vm.newString(input))));
    const value = settled(vm, vm.unwrapResult(vm.evalCode(code, "program.js")), () => runtime.executePendingJobs());
    return { kind: "value", text: textOf(value), printed: printed() };
  } catch (error) {
    return { kind: isOver() ? "tooSlow" : "thrown", text: messageOf(error), printed: printed() };
  }
}

/** What a promise came to; any other value is itself. */
function settled(vm: QuickJSContext, value: QuickJSHandle, runJobs: () => unknown): QuickJSHandle {
  runJobs();
  const state = vm.getPromiseState(value);
  if (state.type === "fulfilled") return state.value;
  if (state.type === "rejected") throw Object.assign(new Error("rejected"), { cause: vm.dump(state.error) });
  throw new Error("The result is a promise that nothing will ever settle.");
}

function addConsole(vm: QuickJSContext, textOf: (value: QuickJSHandle) => string): () => string {
  const lines: string[] = [];
  let size = 0;
  const log = vm.newFunction("log", (...values) => {
    if (size > mostPrinted) return;
    const line = values.map((value) => (vm.typeof(value) === "string" ? vm.getString(value) : textOf(value))).join(" ");
    size += line.length + 1;
    lines.push(size > mostPrinted ? "[The output was cut.]" : line);
  });
  const console = vm.newObject();
  for (const name of ["log", "info", "warn", "error", "debug"]) vm.setProp(console, name, log);
  vm.setProp(vm.global, "console", console);
  return () => lines.join("\n");
}

/** As JSON; what JSON has no word for (undefined, functions) as `undefined`. Throws what the value's `toJSON` throws. */
function jsonOf(vm: QuickJSContext, stringify: QuickJSHandle, value: QuickJSHandle): string {
  const text = vm.unwrapResult(vm.callFunction(stringify, vm.undefined, value));
  if (vm.typeof(text) !== "string") return "undefined";
  const length = vm.getNumber(vm.getProp(text, "length"));
  if (length > mostText) throw new Error(`The result has ${length} characters; ${mostText} are the most.`);
  return vm.getString(text);
}

/** What a program has thrown, in a line or two; the stack is that of its own code. */
function messageOf(error: unknown): string {
  const thrown: unknown = error instanceof Error && error.cause !== undefined ? error.cause : error;
  if (typeof thrown !== "object" || thrown === null) return String(thrown);
  const { name, message, lineNumber } = thrown as { name?: unknown; message?: unknown; lineNumber?: unknown };
  const text = [name, message].filter((part) => typeof part === "string" && part !== "").join(": ");
  return (text || JSON.stringify(thrown)).slice(0, 2_000) + (typeof lineNumber === "number" ? ` (line ${lineNumber})` : "");
}
