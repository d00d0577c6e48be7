import type { Database } from "../storage/database.ts";
import { type Memory, toMemory } from "./store.ts";

/** The vectors of entries, as an embedding model makes them; each has the length 1. An entry that is deleted takes its own along. */
export interface VectorStore {
  /** Entries behind a number that have no vector of the model, in the order they were saved. */
  missing(model: string, after: number, most: number): Promise<{ number: number; text: string }[]>;
  /** Keeps vectors of entries; those of entries that are gone are dropped. */
  save(model: string, vectors: readonly { number: number; vector: Float32Array }[]): Promise<void>;
  /** Those of the newest entries. */
  newest(model: string, workspaces: readonly string[] | "*", most: number): Promise<{ number: number; vector: Float32Array }[]>;
  entries(numbers: readonly number[]): Promise<Map<number, Memory>>;
}

export function createVectorStore({ database }: { database: Database }): VectorStore {
  const { kysely, run } = database;
  return {
    missing: (model, after, most) =>
      kysely
        .selectFrom("memories")
        .select(["number", "text"])
        .where("number", ">", after)
        .where(({ not, exists, selectFrom }) => not(exists(selectFrom("memory_vectors").select("model").whereRef("memory_vectors.number", "=", "memories.number").where("model", "=", model))))
        .orderBy("number")
        .limit(most)
        .execute(),
    save: (model, vectors) =>
      run(function* () {
        for (const { number, vector } of vectors) {
          const bytes = new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength);
          yield kysely
            .insertInto("memory_vectors")
            .columns(["number", "model", "vector"])
            .expression(({ selectFrom, val }) => selectFrom("memories").select(["number", val(model).as("model"), val(bytes).as("vector")]).where("number", "=", number))
            .onConflict((conflict) => conflict.column("number").doUpdateSet({ model, vector: bytes }))
            .compile();
        }
      }),
    async newest(model, workspaces, most) {
      let query = kysely.selectFrom("memory_vectors").innerJoin("memories", "memories.number", "memory_vectors.number").select(["memory_vectors.number", "vector"]).where("model", "=", model);
      if (workspaces !== "*") query = query.where("workspace_id", "in", workspaces);
      const rows = await query.orderBy("created_at", "desc").orderBy("memories.number", "desc").limit(most).execute();
      // Copied, since floats must begin at a multiple of four.
      return rows.map(({ number, vector }) => ({ number, vector: new Float32Array(Uint8Array.from(vector).buffer) }));
    },
    async entries(numbers) {
      const rows = numbers.length === 0 ? [] : await kysely.selectFrom("memories").selectAll().where("number", "in", numbers).execute();
      return new Map(rows.map((row) => [row.number, toMemory(row)]));
    },
  };
}
