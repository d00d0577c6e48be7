import type { Ledger } from "./port.ts";

interface Balance {
  used: number;
  /** Held tokens by the id of the hold. */
  holds: Map<string, number>;
}

export interface MemoryLedger extends Ledger {
  /** Tokens that were used on an account, as far as this process knows. */
  used(day: string, name: string): number;
}

/** The ledger of this process. */
export function createMemoryLedger(): MemoryLedger {
  const days = new Map<string, Map<string, Balance>>();

  function balance(day: string, name: string): Balance {
    let accounts = days.get(day);
    if (!accounts) {
      // The day before is kept: calls that began in it are settled in it.
      for (const old of [...days.keys()].filter((other) => other < day).sort().slice(0, -1)) days.delete(old);
      days.set(day, (accounts = new Map()));
    }
    let found = accounts.get(name);
    if (!found) accounts.set(name, (found = { used: 0, holds: new Map() }));
    return found;
  }

  return {
    async hold({ id, day, accounts, least, most }) {
      const balances = accounts.map((account) => ({ account, ...standing(balance(day, account.name)) }));
      const [scarcest] = balances.toSorted((a, b) => left(a) - left(b));
      const held = scarcest ? Math.min(most, left(scarcest)) : most;
      if (scarcest && held < least) return { refusedBy: scarcest.account, used: scarcest.used, held: scarcest.held };
      for (const { name } of accounts) balance(day, name).holds.set(id, held);
      return { held };
    },
    settle({ id, day, accounts }, used) {
      for (const { name } of accounts) {
        const account = balance(day, name);
        account.holds.delete(id);
        account.used += used;
      }
    },
    load(day, used) {
      for (const [name, tokens] of used) {
        const account = balance(day, name);
        account.used = Math.max(account.used, tokens);
      }
    },
    used: (day, name) => days.get(day)?.get(name)?.used ?? 0,
  };
}

function standing({ used, holds }: Balance): { used: number; held: number } {
  let held = 0;
  for (const tokens of holds.values()) held += tokens;
  return { used, held };
}

const left = ({ account, used, held }: { account: { limit: number }; used: number; held: number }) => account.limit - used - held;
