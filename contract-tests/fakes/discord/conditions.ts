/** Waiting for what a fake has seen. */
export interface Conditions {
  /** Something is other than before. */
  changed(): void;
  /** Resolves once it holds. */
  until(holds: () => boolean): Promise<void>;
}

export function createConditions(): Conditions {
  const waiting = new Set<() => void>();
  return {
    changed: () => waiting.forEach((check) => check()),
    until: (holds) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (!holds()) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      }),
  };
}
