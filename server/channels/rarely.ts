/** How many keys are remembered, the last ones. */
const mostKeys = 1_000;

/** Says whether something may be said again under a key: the first time, and once the time is over. */
export function createRarely(everyMs: number, now: () => number): (key: string) => boolean {
  const said = new Map<string, number>();
  return (key) => {
    const last = said.get(key);
    if (last !== undefined && now() - last < everyMs) return false;
    said.delete(key);
    said.set(key, now());
    if (said.size > mostKeys) said.delete(said.keys().next().value!);
    return true;
  };
}
