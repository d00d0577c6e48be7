import type { Settings } from "./settings.ts";

/**
 * What a file asks for and this version does not do yet. The keys are read, so that a file that works with a later version
 * works here; but nobody should rely on what is not there.
 */
export function settingsNotInForce({ redis }: Settings): string[] {
  const asked: [isAsked: boolean, what: string][] = [
    [redis.url !== null, "Redis beyond limits and quotas, which are shared: turns and live events are each instance's own"],
  ];
  return asked.filter(([isAsked]) => isAsked).map(([, what]) => `Not in force in this version, although the settings ask for it: ${what}.`);
}
