import { expect, test } from "vitest";
import { resultText } from "./result-text.ts";

test.each([
  ["texts, joined", { content: [{ type: "text", text: "one" }, { type: "text", text: "two" }] }, "one\ntwo"],
  ["an image, described", { content: [{ type: "image", mimeType: "image/png", data: "AAAA" }] }, "[image: image/png, 3 bytes]"],
  ["audio, described", { content: [{ type: "audio", mimeType: "audio/wav", data: "AAA=" }] }, "[audio: audio/wav, 2 bytes]"],
  ["a resource with text", { content: [{ type: "resource", resource: { uri: "demo://1", mimeType: "text/plain", text: "inside" } }] }, "[resource: demo://1, text/plain]\ninside"],
  ["a resource with bytes", { content: [{ type: "resource", resource: { uri: "demo://1", blob: "AAAA" } }] }, "[resource: demo://1, unknown type, 3 bytes]"],
  ["a link", { content: [{ type: "resource_link", name: "Notes", uri: "demo://2" }] }, "[resource: Notes, unknown type, demo://2]"],
  ["structured content beside a text", { content: [{ type: "text", text: "one" }], structuredContent: { one: 1 } }, "one"],
  ["structured content alone", { content: [], structuredContent: { one: 1 } }, '{"one":1}'],
  ["nothing", { content: [] }, ""],
] as const)("%s", (_what, result, text) => {
  expect(resultText(result as unknown as Parameters<typeof resultText>[0])).toBe(text);
});
