import { expect, test } from "vitest";
import { usualContextWindow } from "./context-window.ts";

test.each([
  ["gpt-5-mini", 272_000],
  ["gpt-5-chat-latest", 128_000],
  ["gpt-4.1-nano", 1_047_576],
  ["gpt-4o-2024-08-06", 128_000],
  ["gpt-4-turbo", 128_000],
  ["gpt-4", 8192],
  ["gpt-4-0613", 8192],
  ["o3-mini", 200_000],
  ["claude-sonnet-4-20250514", 200_000],
  ["anthropic/claude-3.5-haiku", 200_000],
  ["meta-llama/Llama-3.1-8B-Instruct", 131_072],
  ["llama3.2:3b", 131_072],
  ["llama3:8b", 8192],
  ["llama-4-scout", 128_000],
  ["mistral:7b", 32_768],
  ["mistral-large-latest", 128_000],
  ["gemma2:9b", 8192],
  ["gemma3:12b", 128_000],
  ["a-model-of-your-own", 128_000],
])("%s has %i tokens", (model, tokens) => {
  expect(usualContextWindow(model)).toBe(tokens);
});
