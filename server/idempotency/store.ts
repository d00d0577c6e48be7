import { sql } from "kysely";
import type { Database } from "../storage/database.ts";
import type { Prunable } from "../storage/retention.ts";
import type { IdempotencyKeysTable } from "../storage/schema.ts";

/** Names a request: the API key that sent it, and the `Idempotency-Key` it chose. */
export interface RequestName {
  keyId: string;
  idempotencyKey: string;
}

export interface StoredRequest {
  fingerprint: string;
  runId: string;
  status: IdempotencyKeysTable["status"];
  answer: string | null;
}

export interface IdempotencyStore extends Prunable {
  /** Takes the name, if nobody has since `expiredAt`; else gives back who has. One of two at once gets it. `ifCutOff` is its answer when this process dies before there is another. */
  claim(request: RequestName & { fingerprint: string; runId: string; ifCutOff: string | null; at: number; expiredAt: number }): Promise<StoredRequest | undefined>;
  /** What is said whenever the request comes again; null: its run says it. */
  settle(name: RequestName, answer: string | null): Promise<void>;
  delete(name: RequestName): Promise<void>;
  /** At start: what was cut off has the answer that it was claimed with; else its run answers, and what has none either is forgotten. */
  settleLeftRunning(): Promise<void>;
}

export function createIdempotencyStore({ database }: { database: Database }): IdempotencyStore {
  const { kysely } = database;

  return {
    claim: ({ keyId, idempotencyKey, fingerprint, runId, ifCutOff, at, expiredAt }) =>
      database.run(function* () {
        const fresh = { fingerprint, run_id: runId, status: "running", answer: ifCutOff, created_at: at } as const;
        const { affected } = yield kysely
          .insertInto("idempotency_keys")
          .values({ key_id: keyId, idempotency_key: idempotencyKey, ...fresh })
          .onConflict((conflict) => conflict.columns(["key_id", "idempotency_key"]).doUpdateSet(fresh).where("idempotency_keys.created_at", "<=", expiredAt))
          .compile();
        if (affected > 0) return undefined;
        const { rows } = yield kysely
          .selectFrom("idempotency_keys")
          .select(["fingerprint", "run_id as runId", "status", "answer"])
          .where("key_id", "=", keyId)
          .where("idempotency_key", "=", idempotencyKey)
          .compile();
        return rows[0] as StoredRequest;
      }),
    settle: ({ keyId, idempotencyKey }, answer) =>
      database.run(function* () {
        yield kysely
          .updateTable("idempotency_keys")
          .set({ status: answer === null ? "run" : "answered", answer })
          .where("key_id", "=", keyId)
          .where("idempotency_key", "=", idempotencyKey)
          .compile();
      }),
    delete: ({ keyId, idempotencyKey }) =>
      database.run(function* () {
        yield kysely.deleteFrom("idempotency_keys").where("key_id", "=", keyId).where("idempotency_key", "=", idempotencyKey).compile();
      }),
    settleLeftRunning: () =>
      database.run(function* () {
        yield kysely.updateTable("idempotency_keys").set({ status: "answered" }).where("status", "=", "running").where("answer", "is not", null).compile();
        yield kysely
          .deleteFrom("idempotency_keys")
          .where("status", "=", "running")
          .where("run_id", "not in", (its) => its.selectFrom("runs").select("id"))
          .compile();
        yield kysely.updateTable("idempotency_keys").set({ status: "run" }).where("status", "=", "running").compile();
      }),
    deleteBefore: (at, most) =>
      database.run(function* () {
        const { affected } = yield kysely
          .deleteFrom("idempotency_keys")
          .where(
            sql`(key_id, idempotency_key)`,
            "in",
            sql`(${kysely.selectFrom("idempotency_keys").select(["key_id", "idempotency_key"]).where("created_at", "<", at).orderBy("created_at").limit(most)})`,
          )
          .compile();
        return affected;
      }),
  };
}
