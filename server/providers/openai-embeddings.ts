import { badAnswer } from "./upstream-errors.ts";

/** Texts as the JSON text of a call of OpenAI's `/embeddings` (https://platform.openai.com/docs/api-reference/embeddings). */
export function encodeEmbeddings(model: string, texts: readonly string[]): string {
  return JSON.stringify({ model, input: texts, encoding_format: "float" });
}

/** The vectors of an answer, in the order of the texts. Throws `provider_error` unless there is one for each, all of one length. */
export function readEmbeddings(name: string, answer: unknown, count: number): Float32Array[] {
  const data = typeof answer === "object" && answer !== null && "data" in answer && Array.isArray(answer.data) ? (answer.data as readonly unknown[]) : [];
  const vectors: Float32Array[] = [];
  for (const [place, item] of data.entries()) {
    const { index = place, embedding } = (item ?? {}) as { index?: unknown; embedding?: unknown };
    if (typeof index !== "number" || !Array.isArray(embedding) || embedding.length === 0 || !embedding.every((value) => typeof value === "number")) throw badAnswer(name, "An embedding is not a list of numbers.");
    vectors[index] = Float32Array.from(embedding);
  }
  // A place that was named twice leaves another one empty.
  const isWhole = vectors.length === count && data.length === count && Array.from(vectors).every((vector) => vector !== undefined && vector.length === vectors[0]?.length);
  if (!isWhole) throw badAnswer(name, `There are not ${count} embeddings of one length.`);
  return vectors;
}
