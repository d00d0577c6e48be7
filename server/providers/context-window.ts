/** Tokens that a request and its answer may have together, by the names of models; the first that fits. */
const families: readonly [name: RegExp, tokens: number][] = [
  // Of the 400,000 that they have, the answer's 128,000 cannot be used for anything else.
  [/^gpt-5(?!.*chat)/, 272_000],
  [/^gpt-4\.1/, 1_047_576],
  [/^gpt-4-32k/, 32_768],
  [/^gpt-4(-0[36]\d\d)?$/, 8192],
  [/^gpt-3\.5/, 16_385],
  [/^o[134](-mini|-pro)?(-\d|$)/, 200_000],
  [/^claude-2/, 100_000],
  [/^claude-/, 200_000],
  [/^gemini-/, 1_048_576],
  [/^(meta-)?llama-?3\.[1-9]/, 131_072],
  [/^(meta-)?llama-?3/, 8192],
  [/^(meta-)?llama-?2/, 4096],
  [/^(mixtral|mistral(-7b|:|$)|open-mi[sx]tral)/, 32_768],
  [/^qwen/, 32_768],
  [/^deepseek/, 65_536],
  [/^gemma(?!-?3)/, 8192],
];

const usual = 128_000;

/** The window that models of this name are known to have, for those of which neither the settings nor the provider tell. */
export function usualContextWindow(model: string): number {
  // `meta-llama/Llama-3.1-8B-Instruct`, as OpenRouter and Hugging Face have it.
  const name = model.slice(model.lastIndexOf("/") + 1).toLowerCase();
  return families.find(([family]) => family.test(name))?.[1] ?? usual;
}
