/**
 * What several instances of the gateway have to agree on to hold limits: how much was counted in a window, and how many
 * tokens of a day are used or held. In this process alone (`memory-*.ts`), or shared by way of Redis (`redis-*.ts`).
 */

/** A fixed window, as it stands. */
export interface CountedWindow {
  count: number;
  /** Milliseconds until it is over and the next one may begin. */
  endsInMs: number;
}

/** Windows by name. Each begins with what is first counted in it, and nothing that is counted makes it longer. */
export interface Windows {
  /** Counts one more; opens a window of that length when none is open. */
  count(name: string, windowMs: number): Promise<CountedWindow>;
  /** Without counting; null when none is open. */
  look(name: string): Promise<CountedWindow | null>;
}

/** Somebody's tokens of a day, and the most there may be. */
export interface Account {
  name: string;
  limit: number;
}

export interface Hold {
  id: string;
  /** A UTC day, such as `2026-11-21`. */
  day: string;
  /** All of them are asked for the same tokens. */
  accounts: readonly Account[];
  /** Fewer than this are of no use. */
  least: number;
  most: number;
}

/** How many tokens are held on every account; or the account that has the fewest left, and nothing is held on any. */
export type HoldAnswer = { held: number } | { refusedBy: Account; used: number; held: number };

/** Tokens by day and account: those that were used, and those held for calls under way, which nobody else can use meanwhile. */
export interface Ledger {
  /** Holds as many tokens as there are left on every account, up to `most`; all at once, so that no two calls get the same ones. */
  hold(hold: Hold): Promise<HoldAnswer>;
  /** Ends a hold, with the tokens that were really used. What is held after it sees that. */
  settle(hold: Hold, used: number): void;
  /** Tells of tokens used before; an account that has more already keeps it. */
  load(day: string, used: ReadonlyMap<string, number>): void;
}
