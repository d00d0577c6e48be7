/**
 * The words in square brackets by which a test steers a fake provider. They stand in the last user message or in the
 * model's name; the table is at the top of `openai-upstream.ts`.
 */
export interface Sentinels {
  /** What the texts ask for. A `-once` sentinel counts on the first of two requests with the same texts, not on the second. */
  read(...texts: readonly string[]): Sentinel | undefined;
  reset(): void;
}

export interface Sentinel {
  /** `hang`, `slow`, `429` … without brackets and without `-once`. */
  name: string;
  /** The number behind the name, as in `[slow 5]`. */
  count: number | undefined;
}

export function createSentinels(): Sentinels {
  const halfUsed = new Set<string>();
  return {
    read(...texts) {
      for (const text of texts) {
        const found = /\[([a-z0-9-]+?)(-once)?(?: (\d+))?\]/.exec(text);
        if (found === null) continue;
        const [, name = "", once, count] = found;
        if (once !== undefined) {
          const key = texts.join("\n");
          if (halfUsed.delete(key)) return undefined;
          halfUsed.add(key);
        }
        return { name, count: count === undefined ? undefined : Number(count) };
      }
      return undefined;
    },
    reset: () => halfUsed.clear(),
  };
}

/** The text without its sentinels, as the fake model repeats it. */
export function withoutSentinels(text: string): string {
  return text.replaceAll(/\s*\[[a-z0-9-]+(?: \d+)?\]/g, "").trim();
}
