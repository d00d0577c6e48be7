import { expect, test } from "vitest";
import { readEmbeddings } from "./openai-embeddings.ts";

test("vectors come in the order of the texts, whatever the order of the answer", () => {
  const answer = { data: [{ index: 1, embedding: [3, 4] }, { index: 0, embedding: [1, 2] }] };
  expect(readEmbeddings("openai", answer, 2).map((vector) => [...vector])).toEqual([[1, 2], [3, 4]]);
  expect(readEmbeddings("local", { data: [{ embedding: [1] }, { embedding: [2] }] }, 2).map((vector) => [...vector])).toEqual([[1], [2]]);
});

test.each([null, [], {}, { data: [] }, { data: [null] }, { data: [{ index: 0 }] }, { data: [{ index: 0, embedding: [] }] }, { data: [{ index: 0, embedding: ["1"] }] }, { data: [{ index: 5, embedding: [1] }] }, { data: [{ index: "0", embedding: [1] }] }, { data: [{ embedding: [1] }, { embedding: [1] }] }])(
  "%j is no answer to one text",
  (answer) => {
    expect(() => readEmbeddings("openai", answer, 1)).toThrow(expect.objectContaining({ code: "provider_error" }));
  },
);

test.each([{ data: [{ embedding: [1] }, { embedding: [1, 2] }] }, { data: [{ index: 1, embedding: [1] }, { index: 1, embedding: [2] }] }])("%j is no answer to two texts", (answer) => {
  expect(() => readEmbeddings("openai", answer, 2)).toThrow(expect.objectContaining({ code: "provider_error" }));
});
