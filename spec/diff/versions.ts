/**
 * Whether a version may break what another has promised (Semantic Versioning 2.0.0): with another major number; while that is
 * 0, with another minor one.
 */
export function mayBreak(before: string, after: string): boolean {
  const [old, young] = [numbersOf(before), numbersOf(after)];
  return young[0] > old[0] || (young[0] === 0 && old[0] === 0 && young[1] > old[1]);
}

/** The first version after another that may break what it has promised. */
export function nextBreaking(version: string): string {
  const [major, minor] = numbersOf(version);
  return major > 0 ? `${major + 1}.0.0` : `0.${minor + 1}.0`;
}

function numbersOf(version: string): [number, number, number] {
  const found = /^(\d+)\.(\d+)\.(\d+)(-[\w.-]+)?$/.exec(version);
  if (!found) throw new Error(`\`${version}\` is no version.`);
  return [Number(found[1]), Number(found[2]), Number(found[3])];
}
