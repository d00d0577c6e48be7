import type { AuditedCall } from "./store.ts";

export interface Refusals {
  /** Takes a refused call. */
  add(call: AuditedCall): void;
  /** Hands on what has been counted. */
  close(): void;
}

const windowMs = 10_000;
const mostKinds = 32;

/**
 * Keeps those who are refused from filling the disk, since no limit bounds them. Within ten seconds, the first call of
 * a kind (status, key or address, operation) is an entry at once, and all further ones are one more at the end, with
 * their number. So are, for each status, all those beyond 32 kinds: whoever has many addresses writes no more than
 * 70 entries in ten seconds, some 120 MB a day. A crash costs the counts of the last ten seconds.
 */
export function createRefusals(note: (call: AuditedCall) => void): Refusals {
  /** The last call of each kind, and how many have come after its first. */
  const kinds = new Map<string, { last: AuditedCall; times: number }>();
  let timer: NodeJS.Timeout | undefined;

  function end(): void {
    clearTimeout(timer);
    timer = undefined;
    for (const { last, times } of kinds.values()) {
      if (times > 0) note(times === 1 ? last : { ...last, object: null, times });
    }
    kinds.clear();
  }

  return {
    add(call) {
      timer ??= setTimeout(end, windowMs).unref();
      const { status, keyId, address, operation } = call;
      const kind = `${status} ${keyId ?? address} ${operation}`;
      const seen = kinds.get(kind);
      if (seen) {
        seen.last = call;
        seen.times++;
      } else if (kinds.size < mostKinds) {
        kinds.set(kind, { last: call, times: 0 });
        note(call);
      } else addToOthers(call);
    },
    close: end,
  };

  function addToOthers(call: AuditedCall): void {
    const last = { ...call, keyId: null, address: null, operation: null, object: null };
    const others = kinds.get(`${call.status}`);
    kinds.set(`${call.status}`, { last, times: (others?.times ?? 0) + 1 });
  }
}
