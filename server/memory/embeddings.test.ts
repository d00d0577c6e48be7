import { expect, test, vi } from "vitest";
import { testPrincipal } from "../keys/testing.ts";
import type { Providers } from "../providers/registry.ts";
import { testMemory } from "./testing.ts";

const owner = testPrincipal();
const embeddings = { model: "openai/small" };

/** A model that knows what cars, trees and tea are, under several names. */
const concepts = [/car|automobile|vehicle/i, /tree|oak|forest/i, /tea|drink/i];
const vectorOf = (text: string) => Float32Array.from([...concepts.map((concept) => (concept.test(text) ? 3 : 0)), 0.1]);

function providerOf(embed: (texts: readonly string[]) => Promise<readonly Float32Array[]>) {
  const asked: string[][] = [];
  const provider = { name: "openai", embed: (_model: string, texts: readonly string[]) => (asked.push([...texts]), embed(texts)) };
  const providers = { resolve: async () => ({ provider, model: "small", id: "openai/small" }) } as unknown as Pick<Providers, "resolve">;
  return { providers, asked };
}

test("finds what means the same in other words, and of what has the words as well that first", async () => {
  const { providers } = providerOf(async (texts) => texts.map(vectorOf));
  const memory = await testMemory({ embeddings }, providers);
  for (const text of ["The automobile is red", "A car needs petrol", "The oak is old", "Tea at five"]) await memory.note(text);
  await vi.waitFor(async () => expect(await memory.found("car")).toEqual(["A car needs petrol", "The automobile is red"]));
  expect(await memory.found("forest")).toEqual(["The oak is old"]);
  expect(await memory.found("forest", { workspaceId: "team" })).toEqual([]);
  expect(await memory.found("forest", { tags: ["none"] })).toEqual([]);
});

test("what was saved before, and more than one call takes, is given its vectors; a deleted entry's go with it", async () => {
  const { providers, asked } = providerOf(async (texts) => texts.map(vectorOf));
  const memory = await testMemory({}, providers);
  for (let index = 0; index < 150; index++) await memory.note(`oak ${index}`);
  expect(asked).toEqual([]);
  memory.use({ ...memory.settings, embeddings });
  await vi.waitFor(async () => expect(await memory.found("forest", { limit: 100 })).toHaveLength(50));
  // The others are of searches.
  expect(asked.map(({ length }) => length).filter((length) => length > 1)).toEqual([64, 64, 22]);
  await memory.prune(owner, { keep: 0 }, false);
  expect(await memory.found("forest")).toEqual([]);
});

test("a provider that fails fails neither saves nor searches, and is asked again", async () => {
  let isBroken = true;
  const { providers, asked } = providerOf(async (texts) => {
    if (isBroken) throw new Error("broken");
    return texts.map(vectorOf);
  });
  const memory = await testMemory({ embeddings }, providers);
  await memory.note("The oak is old");
  expect(await memory.found("oak")).toEqual(["The oak is old"]);
  expect(await memory.found("forest")).toEqual([]);
  await vi.waitFor(() => expect(asked.length).toBeGreaterThanOrEqual(3));
  isBroken = false;
  await memory.sweep();
  await vi.waitFor(async () => expect(await memory.found("forest")).toEqual(["The oak is old"]));
});

test("another model under the same settings starts anew, and vectors of another length are like nothing", async () => {
  const { providers } = providerOf(async (texts) => texts.map((text) => (text === "forest" ? Float32Array.from([1, 2]) : vectorOf(text))));
  const memory = await testMemory({ embeddings }, providers);
  await memory.note("The oak is old");
  await vi.waitFor(async () => expect(await memory.found("trees")).toEqual(["The oak is old"]));
  expect(await memory.found("forest")).toEqual([]);
});
