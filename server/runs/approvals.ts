import { GatewayError } from "../errors.ts";

/** A call of a tool that waits until somebody has approved it. */
export interface PendingApproval {
  callId: string;
  name: string;
  input: unknown;
  /** Epoch milliseconds. */
  expiresAt: number;
}

export interface Decision {
  isApproved: boolean;
  /** Why not, in words for the model. */
  reason: string | null;
}

/** What a call waits for. */
export interface Approval {
  /** Epoch milliseconds. */
  expiresAt: number;
  /** Never rejects: a call that nobody approves in time, or whose run ends, is refused. */
  decision: Promise<Decision>;
}

interface Asked {
  call: PendingApproval;
  decide: (decision: Decision) => void;
  timer: NodeJS.Timeout;
}

/** The calls of one run that wait to be approved. They live as long as the run, in memory only. */
export class Approvals {
  readonly #waiting = new Map<string, Asked>();
  readonly #answered = new Set<string>();

  get pending(): readonly PendingApproval[] {
    return Array.from(this.#waiting.values(), ({ call }) => call);
  }

  /** From now on the call waits. */
  ask(call: Omit<PendingApproval, "expiresAt">, timeoutMs: number, now: number): Approval {
    const { callId } = call;
    // Nobody could tell which of the two he approves.
    if (this.#waiting.has(callId)) return { expiresAt: now, decision: Promise.resolve({ isApproved: false, reason: "Another call waits under the same id." }) };
    const expiresAt = now + timeoutMs;
    const { promise, resolve } = Promise.withResolvers<Decision>();
    const timer = setTimeout(() => this.#decide(callId, { isApproved: false, reason: `Nobody approved it within ${timeoutMs} ms.` }), timeoutMs);
    this.#waiting.set(callId, { call: { ...call, expiresAt }, decide: resolve, timer });
    return { expiresAt, decision: promise };
  }

  /** Throws `not_found`; `conflict` when it has been decided on before. */
  answer(callId: string, decision: Decision): void {
    if (!this.#waiting.has(callId)) throw this.#answered.has(callId) ? waitsNoMore(callId) : noCall(callId);
    this.#decide(callId, decision);
  }

  /** The run ends: what still waits is refused. */
  close(): void {
    for (const callId of this.#waiting.keys()) this.#decide(callId, { isApproved: false, reason: "The run has ended." });
  }

  #decide(callId: string, decision: Decision): void {
    const asked = this.#waiting.get(callId);
    if (!asked) return;
    clearTimeout(asked.timer);
    this.#waiting.delete(callId);
    this.#answered.add(callId);
    asked.decide(decision);
  }
}

/** The call was decided on, or its run has ended without it. */
export function waitsNoMore(callId: string): GatewayError {
  return new GatewayError("conflict", `The call \`${callId}\` does not wait any more: it was approved or refused, its time was over, or its run has ended.`);
}

export function noCall(callId: string): GatewayError {
  return new GatewayError("not_found", `No call \`${callId}\` waits in this run.`);
}
