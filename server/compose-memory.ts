import { createEmbeddings } from "./memory/embeddings.ts";
import { createSqliteFullText } from "./memory/full-text.ts";
import { createMemory, type MemoryOptions, type MemoryService } from "./memory/service.ts";
import { createMemoryStore } from "./memory/store.ts";
import { createVectorStore } from "./memory/vectors.ts";
import type { Providers } from "./providers/registry.ts";
import type { Database } from "./storage/database.ts";

/** Joins the memory with the database, and with the models that tell what texts mean. */
export function composeMemory({ database, providers, ...options }: Omit<MemoryOptions, "store" | "embeddings"> & { database: Database; providers: Providers }): Promise<MemoryService> {
  return createMemory({
    ...options,
    store: createMemoryStore({ database, fullText: createSqliteFullText({ database }) }),
    embeddings: createEmbeddings({ store: createVectorStore({ database }), providers, log: options.log }),
  });
}
