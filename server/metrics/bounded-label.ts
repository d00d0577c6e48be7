/**
 * The values of a label that others choose: the first hundred as they are, all further ones `other`. Prometheus keeps each
 * value for days, and so do we until the next start.
 */
export function boundedLabel(most = 100): (value: string) => string {
  const known = new Set<string>();
  return (value) => {
    if (known.has(value)) return value;
    if (known.size === most) return "other";
    // What a caller or a provider makes up may be of any length.
    if (value.length > 200) return "other";
    known.add(value);
    return value;
  };
}
