/**
 * The values of a label that others choose: the first hundred as they are, all further ones `other`. Prometheus keeps each
 * value for days, and so do we until the next start.
 */
export function boundedLabel(most = 100): (value: string) => string {
  const known = new Set<string>();
  return (value) => {
    if (known.has(value)) return value;
    // A provider may call its model anything, of any length.
    if (known.size === most || value.length > 200 || /\p{Cc}/u.test(value)) return "other";
    known.add(value);
    return value;
  };
}
