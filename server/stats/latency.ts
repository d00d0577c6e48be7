// Latencies are counted in buckets, four to an octave: each is as wide as a fifth of what is in it.

const bucketsAnOctave = 4;

/** The bucket of a latency in milliseconds. */
export function latencyBucket(ms: number): number {
  return Math.floor(Math.log2(Math.max(ms, 0) + 1) * bucketsAnOctave);
}

/** The middle of a bucket, in milliseconds: within a tenth of whatever was counted in it. */
const middleOf = (bucket: number): number => Math.round(2 ** ((bucket + 0.5) / bucketsAnOctave) - 1);

/** The latency that so many percent did not exceed (nearest rank), in milliseconds; 0 of none. `counts` are in the order of their buckets. */
export function latencyPercentile(counts: readonly { bucket: number; answered: number }[], percent: number): number {
  const all = counts.reduce((sum, { answered }) => sum + answered, 0);
  const rank = Math.ceil((all * percent) / 100);
  let counted = 0;
  for (const { bucket, answered } of counts) {
    counted += answered;
    if (counted >= rank) return middleOf(bucket);
  }
  return 0;
}
