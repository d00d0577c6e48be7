import { createInterface } from "node:readline";
import { createInterface as createPrompt } from "node:readline/promises";

const prompt = "you › ";

/**
 * The lines that a person types, with history. Each is asked for by an interface of its own: between them the terminal is
 * as it was, so that Ctrl-C during a turn is a signal. Ends at Ctrl-C or Ctrl-D.
 */
export async function* terminalLines(output: NodeJS.WriteStream): AsyncGenerator<string, void, undefined> {
  let history: string[] = [];
  /** Lines of a paste behind its first. */
  const pasted: string[] = [];
  for (;;) {
    const next = pasted.shift() ?? (await ask());
    if (next === undefined) return;
    yield next;
  }

  async function ask(): Promise<string | undefined> {
    output.write("\n");
    const readline = createPrompt({ input: process.stdin, output, history, removeHistoryDuplicates: true });
    const left = new AbortController();
    readline.on("history", (lines) => (history = [...lines]));
    readline.on("line", (line) => pasted.push(line));
    readline.once("SIGINT", () => left.abort());
    readline.once("close", () => left.abort());
    try {
      return await readline.question(prompt, { signal: left.signal });
    } catch {
      output.write("\n");
      return undefined;
    } finally {
      readline.close();
    }
  }
}

/** The lines of standard input. */
export function pipedLines(): AsyncIterable<string> {
  return createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY });
}
