import type { MemoryLedger } from "./memory-ledger.ts";
import type { Hold, HoldAnswer, Ledger } from "./port.ts";
import type { RedisConnection } from "./redis-connection.ts";

/**
 * The ledger that all instances on one Redis share. The process keeps a ledger of its own beside it: that one answers while
 * Redis cannot be asked, and what it knows to be used is the least that Redis takes for used, so that neither a Redis that
 * was away nor one that lost its memory gives tokens out twice.
 */
export function createRedisLedger(redis: RedisConnection, local: MemoryLedger, now: () => number): Ledger {
  const keysOf = ({ day, accounts }: Hold) => accounts.flatMap(({ name }) => [`openclaw:tokens:${day}:${name}`, `openclaw:held:${day}:${name}`]);

  return {
    hold: (hold) =>
      redis.attempt(
        async () => {
          const { id, day, accounts, least, most } = hold;
          const limits = accounts.flatMap(({ name, limit }) => [limit, local.used(day, name)]);
          const given = [id, least, most, now(), now() + longestHoldMs, keptSeconds, ...limits].map(String);
          const [held, refusedBy, used, heldBefore] = (await redis.client.eval(holdScript, { keys: keysOf(hold), arguments: given })) as number[];
          const account = accounts[refusedBy! - 1];
          return account ? ({ refusedBy: account, used: used!, held: heldBefore! } satisfies HoldAnswer) : { held: held! };
        },
        () => local.hold(hold),
      ),
    settle(hold, used) {
      local.settle(hold, used);
      // Commands of one connection are done in their order: whoever asks next on it sees this.
      void redis.attempt(
        async () => void (await redis.client.eval(settleScript, { keys: keysOf(hold), arguments: [hold.id, String(used), String(keptSeconds)] })),
        () => {},
      );
    },
    load: local.load,
  };
}

/** An instance that dies leaves its holds behind: nothing is held longer than this. */
const longestHoldMs = 3_600_000;

/** Two days: the day itself, and time for what runs over its end. */
const keptSeconds = 172_800;

/** Keys: for each account the tokens used, and a hash of holds, each `<tokens>:<end>`. Answers `{held, 0}` or `{0, account, used, held}`. */
const holdScript = `
local id, least, most, now, ends, kept = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5], ARGV[6]
local granted, refusal = most, { 0, 0, 0, 0 }
for account = 1, #KEYS / 2 do
  local usedKey, heldKey = KEYS[2 * account - 1], KEYS[2 * account]
  local limit, floor = tonumber(ARGV[5 + 2 * account]), tonumber(ARGV[6 + 2 * account])
  local used = tonumber(redis.call('get', usedKey) or '0')
  if used < floor then
    used = floor
    redis.call('set', usedKey, string.format('%.0f', used), 'EX', kept)
  end
  local held = 0
  local holds = redis.call('hgetall', heldKey)
  for at = 1, #holds, 2 do
    local tokens, last = string.match(holds[at + 1], '^(%d+):(%d+)$')
    if tonumber(last) > now then held = held + tonumber(tokens) else redis.call('hdel', heldKey, holds[at]) end
  end
  if account == 1 or limit - used - held < granted then
    granted = math.min(most, limit - used - held)
    refusal = { 0, account, used, held }
  end
end
if granted < least then return refusal end
for account = 1, #KEYS / 2 do
  redis.call('hset', KEYS[2 * account], id, string.format('%.0f', granted) .. ':' .. ends)
  redis.call('expire', KEYS[2 * account], kept)
end
return { granted, 0, 0, 0 }
`;

const settleScript = `
for account = 1, #KEYS / 2 do
  redis.call('hdel', KEYS[2 * account], ARGV[1])
  redis.call('incrby', KEYS[2 * account - 1], ARGV[2])
  redis.call('expire', KEYS[2 * account - 1], ARGV[3])
end
`;
