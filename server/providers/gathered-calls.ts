import { randomUUID } from "node:crypto";
import type { ModelEvent } from "./port.ts";
import { badAnswer } from "./upstream-errors.ts";

/** The arguments of all calls of one answer together may be this long, in characters. */
const maxArguments = 8 * 1024 * 1024;
const maxCalls = 256;

/** Puts tool calls together from their fragments. */
export interface GatheredCalls {
  /** Adds a fragment. `key` tells the calls of one answer apart; a fragment without one belongs to the last call. */
  add(key: number | undefined, id: string | undefined, name: string | undefined, fragment: string): void;
  /** Adds to the arguments of a call that has been begun; what belongs to none is dropped. */
  extend(key: number | undefined, fragment: string): void;
  /** Hands out the gathered calls, in their order, and forgets them. Answers how many there were. */
  flush(out: ModelEvent[]): number;
}

export function createGatheredCalls(provider: string): GatheredCalls {
  let calls: { key: number | undefined; id: string; name: string; fragments: string[] }[] = [];
  let size = 0;
  const grow = (call: { fragments: string[] }, fragment: string): void => {
    call.fragments.push(fragment);
    size += fragment.length;
    if (size > maxArguments || calls.length > maxCalls) throw badAnswer(provider, "The tool calls of one answer are too many or too long.");
  };
  return {
    extend(key, fragment) {
      const call = calls.findLast((other) => other.key === key);
      if (call !== undefined) grow(call, fragment);
    },
    add(key, id, name, fragment) {
      let call = key === undefined ? calls.at(-1) : calls.findLast((other) => other.key === key);
      // Another id under a known key: servers that call every index 0, or none, send whole calls one after another.
      if (call === undefined || (id !== undefined && id !== "" && call.id !== "" && id !== call.id)) {
        call = { key, id: "", name: "", fragments: [] };
        calls.push(call);
      }
      if (call.id === "" && id !== undefined) call.id = id;
      if (call.name === "" && name !== undefined) call.name = name;
      grow(call, fragment);
    },
    flush(out) {
      const flushed = calls.length;
      for (const { id, name, fragments } of calls) {
        if (name === "") throw badAnswer(provider, "A tool call has no name.");
        const text = fragments.join("");
        // A tool without parameters is often called with no arguments at all.
        out.push({ type: "toolCall", call: { id: id === "" ? `call_${randomUUID()}` : id, name, arguments: text === "" ? "{}" : text } });
      }
      calls = [];
      size = 0;
      return flushed;
    },
  };
}
