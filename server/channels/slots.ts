/** Lets so many in at once; the others wait in the order that they came. */
export interface Slots {
  /** Resolves with the function that lets the next one in. */
  take(): Promise<() => void>;
}

export function createSlots(most: number): Slots {
  let taken = 0;
  const waiting: (() => void)[] = [];

  function release(): void {
    const next = waiting.shift();
    if (next) next();
    else taken--;
  }

  return {
    async take() {
      if (taken < most) taken++;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      let isTaken = true;
      return () => {
        if (isTaken) release();
        isTaken = false;
      };
    },
  };
}
