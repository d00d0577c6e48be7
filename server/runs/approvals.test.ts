import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Approvals } from "./approvals.ts";

const call = { callId: "call_1", name: "write", input: { path: "a" } };
const yes = { isApproved: true, reason: null };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("a call waits until somebody decides", async () => {
  const approvals = new Approvals();
  const { expiresAt, decision } = approvals.ask(call, 500, 1_000);
  expect(approvals.pending).toEqual([{ ...call, expiresAt: 1_500 }]);
  expect(expiresAt).toBe(1_500);
  approvals.answer("call_1", yes);
  expect(await decision).toEqual(yes);
  expect(approvals.pending).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});

test("a call that nobody approves in time is refused", async () => {
  const approvals = new Approvals();
  const { decision } = approvals.ask(call, 500, 1_000);
  vi.advanceTimersByTime(500);
  expect(await decision).toEqual({ isApproved: false, reason: "Nobody approved it within 500 ms." });
  expect(() => approvals.answer("call_1", yes)).toThrow(expect.objectContaining({ code: "conflict" }));
});

test("is decided on once; what never waited is not found", () => {
  const approvals = new Approvals();
  void approvals.ask(call, 500, 1_000);
  approvals.answer("call_1", { isApproved: false, reason: "No." });
  expect(() => approvals.answer("call_1", yes)).toThrow(expect.objectContaining({ code: "conflict" }));
  expect(() => approvals.answer("call_2", yes)).toThrow(expect.objectContaining({ code: "not_found" }));
});

test("of two calls under one id the second is refused: nobody could tell which he approves", async () => {
  const approvals = new Approvals();
  const first = approvals.ask(call, 500, 1_000);
  const second = approvals.ask({ ...call, name: "run_code" }, 500, 1_000);
  approvals.answer("call_1", yes);
  expect([(await first.decision).isApproved, (await second.decision).isApproved]).toEqual([true, false]);
});

test("the end of the run refuses what still waits, and leaves no timer", async () => {
  const approvals = new Approvals();
  const { decision } = approvals.ask(call, 500, 1_000);
  approvals.close();
  expect(await decision).toEqual({ isApproved: false, reason: "The run has ended." });
  expect(vi.getTimerCount()).toBe(0);
});
