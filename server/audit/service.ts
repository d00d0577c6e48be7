import type { Logger } from "pino";
import type { Principal } from "../keys/principal.ts";
import type { Page } from "../storage/page.ts";
import { createRetention } from "../storage/retention.ts";
import { createBatches } from "./batches.ts";
import { createRefusals } from "./refusals.ts";
import type { AuditedCall, AuditEntry, AuditFilter, AuditStore } from "./store.ts";

export type { AuditedCall, AuditEntry } from "./store.ts";

export interface AuditOptions {
  store: AuditStore;
  log: Logger;
  now: () => number;
  /** Null: entries are kept for ever. */
  retentionDays: number | null;
}

/** Who did what: one entry for each call that needs a key, the refused ones included. */
export interface Audit {
  /** Notes a call. It is in the database within 100 ms, which is what a crash may cost; refusals may be told together, see `refusals.ts`. */
  note(call: AuditedCall): void;
  /** Notes a change, and resolves once that is in the database. Never throws: the change has happened. */
  noteChange(call: AuditedCall): Promise<void>;
  /** The newest first. A key that is bound to workspaces sees its own calls only: entries belong to no workspace. */
  list(principal: Principal, filter: AuditFilter): Promise<Page<AuditEntry>>;
  /** Takes over new settings. */
  use(settings: { retentionDays: number | null }): void;
  /** Writes what is left. */
  close(): Promise<void>;
}

export function createAudit({ store, log, now, retentionDays }: AuditOptions): Audit {
  const batches = createBatches({ write: store.insert, log });
  const refusals = createRefusals(batches.add);
  const retention = createRetention({ store, what: "entries of the audit log", log, now, days: retentionDays });

  return {
    note(call) {
      if (isUnlimited(call)) refusals.add(call);
      else batches.add(call);
    },
    async noteChange(call) {
      try {
        await store.insert([call]);
      } catch (err) {
        log.error({ err, call }, "a change was made and its entry in the audit log could not be written; it is tried again");
        batches.add(call);
      }
    },
    async list(principal, filter) {
      if (principal.workspaces === "*") return store.list(filter);
      if (filter.keyId !== undefined && filter.keyId !== principal.keyId) return { items: [], nextCursor: null };
      return store.list({ ...filter, keyId: principal.keyId });
    },
    use: (settings) => retention.use(settings.retentionDays),
    async close() {
      refusals.close();
      await Promise.all([retention.close(), batches.close()]);
    },
  };
}

/** Calls that no key's limit bounds: those over a limit, and those without a key. */
function isUnlimited({ status, keyId }: AuditedCall): boolean {
  return status === 429 || (keyId === null && (status === 401 || status === 403));
}
