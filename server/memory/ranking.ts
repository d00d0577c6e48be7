/** What ranking looks at. */
export interface Ranked {
  /** BM25 of its words; 0 where it has none of those asked for. */
  relevance: number;
  /** The cosine of its meaning, above 0; undefined where it was not compared, or is far. */
  similarity?: number | undefined;
  /** When the entry was saved or last used, whichever came later; epoch milliseconds. */
  at: number;
}

/**
 * Blends how well entries fit with how fresh they are, the best first:
 *
 *     fit   = relevance ÷ the best relevance
 *           = ½ × relevance ÷ the best relevance + ½ × similarity ÷ the best similarity, where meanings were compared
 *     score = fit × (0.8 + 0.2 × ½^(age ÷ 30 days))
 *
 * Freshness decides between entries that fit alike, and never lifts one that fits badly over one that fits well. Shares of the
 * best, because neither BM25 nor the cosines of a model have a scale of their own.
 */
export function rank<Item extends Ranked>(items: readonly Item[], now: number): (Item & { score: number })[] {
  const mostRelevant = items.reduce((most, { relevance }) => Math.max(most, relevance), Number.MIN_VALUE);
  const mostSimilar = items.reduce((most, { similarity = 0 }) => Math.max(most, similarity), 0);
  const fit = ({ relevance, similarity = 0 }: Ranked) => (mostSimilar === 0 ? relevance / mostRelevant : (relevance / mostRelevant + similarity / mostSimilar) / 2);
  return items
    .map((item) => ({ ...item, score: fit(item) * (1 - ageShare + ageShare * 0.5 ** (Math.max(0, now - item.at) / halfLifeMs)) }))
    .sort((a, b) => b.score - a.score);
}

const ageShare = 0.2;
const halfLifeMs = 30 * 24 * 3600 * 1000;
