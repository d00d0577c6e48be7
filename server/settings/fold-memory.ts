import type { Folding } from "./folding.ts";
import type { MemorySettings, ModelSettings } from "./settings.ts";

/** What agents remember, and with whose embeddings it is searched. */
export function foldMemory({ file: { memory = {} }, fault }: Folding, models: ModelSettings): MemorySettings {
  const { retentionDays = null, maxEntries = 100_000, recall, embeddings } = memory;
  if (embeddings !== undefined) {
    const name = embeddings.model.slice(0, Math.max(0, embeddings.model.indexOf("/")));
    const able = Object.entries(models.providers).flatMap(([provider, { type }]) => (type === "openai" ? [provider] : []));
    if (!able.includes(name)) fault("/memory/embeddings/model", `must begin with a provider of the type openai and a slash (${able.length > 0 ? able.map((provider) => `${provider}/…`).join(", ") : "there is no such provider in models.providers"}).`);
  }
  return {
    retentionDays,
    maxEntries,
    recall: { enabled: recall?.enabled ?? true, maxTokens: recall?.maxTokens ?? 512 },
    embeddings: embeddings ?? null,
  };
}
