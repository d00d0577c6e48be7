import { OpenClawError } from "@openclaw/sdk";
import type { TurnView } from "./turn.ts";

/** Prints a turn for a program: each event as the gateway sends it, a line each; a failure as the contract's error event. */
export function createJsonView(): TurnView {
  const print = (value: unknown) => process.stdout.write(`${JSON.stringify(value)}\n`);
  return {
    event: print,
    finished() {},
    cancelled: () => print({ type: "error", error: "cancelled", message: "The run was cancelled.", status: 409, details: {} }),
    failed(explanation, error) {
      const { code, message, status, details, requestId } = error instanceof OpenClawError ? error : { code: "internal_error", message: explanation, status: 0, details: {}, requestId: undefined };
      print({ type: "error", error: code, message, status, details, ...(requestId === undefined ? {} : { requestId }) });
      process.stderr.write(`${explanation}\n`);
    },
  };
}
