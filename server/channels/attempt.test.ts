import { expect, onTestFinished, test, vi } from "vitest";
import { ConnectorError } from "../connectors/port.ts";
import { attempt, type Patience, patienceOfAnswers, patienceOfRequests } from "./attempt.ts";

/** Attempts that fail as the test says, on a clock that it moves; the times of the attempts, in milliseconds. */
function failing(patience: Patience, ...faults: unknown[]) {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"], now: 0 });
  onTestFinished(() => void vi.useRealTimers());
  const at: number[] = [];
  const stopping = new AbortController();
  const outcome = attempt(
    async () => {
      at.push(Date.now());
      const fault = faults.length > 1 ? faults.shift() : faults[0];
      if (fault !== undefined) throw fault;
      return "sent";
    },
    patience,
    () => Date.now(),
    stopping.signal,
  );
  outcome.catch(() => {});
  return { at, outcome, stopping };
}

const unavailable = (retryAfterMs: number | null = null) => new ConnectorError("unavailable", "busy", { retryAfterMs });

test("waits as long as the platform says", async () => {
  const { at, outcome } = failing(patienceOfRequests, unavailable(3_000), undefined);
  await vi.advanceTimersByTimeAsync(3_000);
  expect([await outcome, at]).toEqual(["sent", [0, 3_000]]);
});

test("a request waits five seconds in all, and not where the platform does not say when", async () => {
  const long = failing(patienceOfRequests, unavailable(3_000));
  await vi.advanceTimersByTimeAsync(60_000);
  await expect(long.outcome).rejects.toMatchObject({ retryAfterMs: 3_000 });
  expect(long.at).toEqual([0, 3_000]);
  const silent = failing(patienceOfRequests, unavailable());
  await expect(silent.outcome).rejects.toThrow("busy");
  expect(silent.at).toHaveLength(1);
});

test("an answer is tried for ten minutes, less and less often", async () => {
  const { at, outcome } = failing(patienceOfAnswers, unavailable());
  await vi.advanceTimersByTimeAsync(660_000);
  await expect(outcome).rejects.toThrow("busy");
  expect(at.length).toBeGreaterThan(8);
  expect(at.length).toBeLessThan(40);
  expect(at.at(-1)).toBeLessThanOrEqual(600_000);
});

test("what may have been delivered: an answer is sent once more, a request's message never", async () => {
  const unknown = new ConnectorError("unknown", "cut");
  const answer = failing(patienceOfAnswers, unknown);
  await vi.advanceTimersByTimeAsync(60_000);
  await expect(answer.outcome).rejects.toThrow("cut");
  expect(answer.at).toHaveLength(2);
  const request = failing(patienceOfRequests, new ConnectorError("unknown", "cut", { retryAfterMs: 1 }));
  await expect(request.outcome).rejects.toThrow("cut");
  expect(request.at).toHaveLength(1);
});

test("a refusal is final, and so is any other fault", async () => {
  for (const fault of [new ConnectorError("refused", "no"), new TypeError("a bug")]) {
    const { at, outcome } = failing(patienceOfAnswers, fault);
    await expect(outcome).rejects.toBe(fault);
    expect(at).toHaveLength(1);
  }
});

test("nothing is waited for any more once the gateway stops", async () => {
  const { outcome, stopping } = failing(patienceOfAnswers, unavailable());
  await vi.advanceTimersByTimeAsync(1);
  const reason = new Error("stopping");
  stopping.abort(reason);
  await expect(outcome).rejects.toBe(reason);
});
