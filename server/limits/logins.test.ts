import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createMemoryWindows } from "../cluster/memory-windows.ts";
import { GatewayError } from "../errors.ts";
import { createLoginGuard, type LoginGuard } from "./logins.ts";

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

const guardOf = () => createLoginGuard({ windows: createMemoryWindows() });

async function failTenTimes(guard: LoginGuard, address: string): Promise<void> {
  for (let i = 0; i < 10; i++) await guard.failed(address);
}

const refused = { code: "rate_limited", retryAfterSeconds: 60, details: { limit: 10, windowMs: 60_000, scope: "address" } };

describe("an address with ten failures", () => {
  test("is refused from the eleventh on, for the rest of the minute", async () => {
    const guard = guardOf();
    await failTenTimes(guard, "10.0.0.1");
    await expect(guard.failed("10.0.0.1")).rejects.toMatchObject(refused);
    vi.setSystemTime(59_999);
    await expect(guard.failed("10.0.0.1")).rejects.toMatchObject({ retryAfterSeconds: 1 });
    vi.setSystemTime(60_000);
    await guard.failed("10.0.0.1");
  });

  test("gets the same answer for a right token that is new there as for a wrong one", async () => {
    const guard = guardOf();
    await failTenTimes(guard, "10.0.0.1");
    const told = (thrown: unknown) => {
      const { code, message, details, retryAfterSeconds } = GatewayError.from(thrown);
      return { code, message, details, retryAfterSeconds };
    };
    const right = await guard.passed("10.0.0.1", "key_1")?.catch(told);
    expect(right).toMatchObject(refused);
    expect(right).toEqual(await guard.failed("10.0.0.1").catch(told));
    // Nor does it come in for having been right.
    await expect(guard.passed("10.0.0.1", "key_1")).rejects.toMatchObject(refused);
  });

  test("lets in the keys that were in use from it, and from it only", async () => {
    const guard = guardOf();
    await guard.passed("10.0.0.1", "key_1");
    await failTenTimes(guard, "10.0.0.1");
    await failTenTimes(guard, "10.0.0.2");
    await guard.passed("10.0.0.1", "key_1");
    await expect(guard.passed("10.0.0.2", "key_1")).rejects.toMatchObject(refused);
  });

  test("is alone: others are let in", async () => {
    const guard = guardOf();
    await failTenTimes(guard, "10.0.0.1");
    await expect(guard.failed("10.0.0.2")).resolves.toBeUndefined();
    await expect(guard.passed("10.0.0.2", "key_1")).resolves.toBeUndefined();
  });
});

test("addresses of IPv6 are counted by their /64", async () => {
  const guard = guardOf();
  for (const address of ["2001:db8:0:1::1", "2001:db8::1:2:3:4:5", "2001:db8:0:1:a:b:c:d"]) await guard.failed(address);
  for (let i = 0; i < 7; i++) await guard.failed(`2001:db8:0:1::${i}`);
  await guard.failed("2001:db8:0:2::1");
  await expect(guard.failed("2001:db8:0:1:ffff::")).rejects.toMatchObject(refused);
});

test("only so many keys are remembered, those of late", async () => {
  const guard = guardOf();
  await guard.passed("10.0.0.1", "key_first");
  await guard.passed("10.0.0.1", "key_second");
  for (let i = 0; i < 9998; i++) await guard.passed("10.0.0.3", `key_${i}`);
  await guard.passed("10.0.0.1", "key_first");
  await guard.passed("10.0.0.3", "key_more");
  await failTenTimes(guard, "10.0.0.1");
  await guard.passed("10.0.0.1", "key_first");
  await expect(guard.passed("10.0.0.1", "key_second")).rejects.toMatchObject(refused);
});
