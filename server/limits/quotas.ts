import type { TurnBudget } from "../chat/turn.ts";
import type { Account, Hold, Ledger } from "../cluster/port.ts";
import { dayMs } from "../durations.ts";
import { GatewayError } from "../errors.ts";
import { newId } from "../ids.ts";
import type { Principal } from "../keys/principal.ts";
import type { ModelRequest } from "../providers/port.ts";
import { estimateRequestTokens, estimateTokens } from "../providers/token-estimate.ts";
import type { LimitSettings } from "../settings/settings.ts";
import { secondsUntil } from "./service.ts";

export interface Quotas {
  /** The tokens that a key's turn may use; undefined when nothing limits them. */
  budgetOf(principal: Principal): TurnBudget | undefined;
  /** Other quotas from now on. What was used stays used. */
  use(settings: LimitSettings): void;
}

export interface QuotasOptions {
  ledger: Ledger;
  settings: LimitSettings;
  /** Tokens of each key's runs that began at or after a time, in epoch milliseconds. */
  usedSince: (at: number) => Promise<readonly { keyId: string; tokens: number }[]>;
  now: () => number;
}

/** What is held for an answer whose caller sets no length. */
const usualOutputTokens = 8192;

/** An answer that may not even have this many is not worth its question. */
const leastOutputTokens = 16;

/**
 * Tokens by UTC day. Each model call holds what it may use at most before it is made, and is told that; so turns that run
 * side by side cannot use more than there is, save for what an estimate of a question is off. A call is settled in the day
 * in which it began.
 */
export function createQuotas({ ledger, settings, usedSince, now }: QuotasOptions): Quotas {
  let current = settings.tokensPerDay;
  let loaded: Promise<void> | undefined;

  /** The ledger counts for as long as the process lives and quotas stay what they are; the runs know what was before. */
  async function loadUsed(): Promise<void> {
    const at = now();
    const sums = await usedSince(at - (at % dayMs));
    const used = new Map(sums.map(({ keyId, tokens }) => [accountOf(keyId), tokens]));
    used.set(everybody, sums.reduce((sum, { tokens }) => sum + tokens, 0));
    ledger.load(dayOf(at), used);
  }

  async function hold(accounts: readonly Account[], request: ModelRequest, said: () => string) {
    loaded ??= loadUsed().catch((error: unknown) => {
      loaded = undefined;
      throw error;
    });
    await loaded;
    const at = now();
    const input = estimateRequestTokens(request);
    const wanted = request.maxTokens ?? usualOutputTokens;
    const held: Hold = { id: newId("call"), day: dayOf(at), accounts, least: input + Math.min(wanted, leastOutputTokens), most: input + wanted };
    const answer = await ledger.hold(held);
    if ("refusedBy" in answer) throw usedUp(answer.refusedBy, answer.used, answer.held, held.least, at);

    let isSettled = false;
    const settle = (tokens: number): void => {
      if (isSettled) return;
      isSettled = true;
      ledger.settle(held, tokens);
    };
    return {
      maxTokens: answer.held - input,
      settle: ({ inputTokens, outputTokens }: { inputTokens: number; outputTokens: number }) => settle(inputTokens + outputTokens),
      [Symbol.dispose]() {
        const text = said();
        settle(text === "" ? 0 : input + Math.ceil(estimateTokens(text)));
      },
    };
  }

  return {
    budgetOf({ keyId, maxTokensPerDay }) {
      const perKey = maxTokensPerDay ?? current.perKey;
      const accounts: Account[] = [];
      if (perKey !== null) accounts.push({ name: accountOf(keyId), limit: perKey });
      if (current.global !== null) accounts.push({ name: everybody, limit: current.global });
      return accounts.length === 0 ? undefined : { hold: (request, said) => hold(accounts, request, said) };
    },
    use({ tokensPerDay }) {
      current = tokensPerDay;
      // Of keys that had no quota so far, only the runs know.
      loaded = undefined;
    },
  };
}

const everybody = "global";
const accountOf = (keyId: string) => `key:${keyId}`;
const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10);

function usedUp({ name, limit }: Account, used: number, held: number, needed: number, at: number): GatewayError {
  const resetAt = at - (at % dayMs) + dayMs;
  const isOnlyHeld = used + needed <= limit;
  const retryAfterSeconds = isOnlyHeld ? 1 : secondsUntil(resetAt - at);
  const whose = name === everybody ? "of all keys together" : "of this key";
  const left = Math.max(limit - used, 0);
  const message = isOnlyHeld
    ? `The tokens ${whose} that are left today (${left} of ${limit}) are held for turns under way. Try again when they have ended.`
    : `Of today's tokens ${whose}, ${left} of ${limit} are left, and this turn needs ${needed} at the least. ${needed > limit ? "No day has as many: ask for less, or for a larger quota." : "There are new ones at midnight UTC."}`;
  return new GatewayError("rate_limited", message, {
    details: { scope: "tokens", limit, used, reserved: held, resetAt: new Date(resetAt).toISOString() },
    retryAfterSeconds,
  });
}
