import { describe, expect, test } from "vitest";
import { periodOf, textOf } from "./period.ts";

const now = Date.parse("2026-04-30T23:59:59.999Z");
const period = (query: { from?: string; to?: string }) => {
  const { from, to } = periodOf(query, now);
  return [textOf(from), textOf(to)];
};

describe("the days of a request", () => {
  test.each([
    [{}, "2026-04-01", "2026-04-30"],
    [{ to: "2026-03-31" }, "2026-03-02", "2026-03-31"],
    [{ from: "2026-04-29" }, "2026-04-29", "2026-04-30"],
    [{ from: "2026-05-09" }, "2026-05-09", "2026-05-09"],
    [{ from: "2027-01-01", to: "2027-01-02" }, "2027-01-01", "2027-01-02"],
    [{ from: "2024-02-29", to: "2024-02-29" }, "2024-02-29", "2024-02-29"],
    [{ from: "2024-01-01", to: "2024-12-31" }, "2024-01-01", "2024-12-31"],
  ])("%j", (query, from, to) => expect(period(query)).toEqual([from, to]));

  test.each([
    [{ from: "2026-04-02", to: "2026-04-01" }, ["/query/to"]],
    [{ from: "2025-01-01", to: "2026-01-02" }, ["/query/from"]],
    [{ from: "2016-01-01", to: "2026-01-01" }, ["/query/from"]],
    [{ from: "2026-02-30", to: "2026-13-01" }, ["/query/from", "/query/to"]],
    [{ from: "2025-02-29" }, ["/query/from"]],
    [{ to: "2026-00-10" }, ["/query/to"]],
  ])("%j is refused", (query, paths) => {
    const refused = expect.objectContaining({ code: "bad_request", details: { errors: paths.map((path) => ({ path, message: expect.any(String) })) } });
    expect(() => period(query)).toThrow(refused);
  });
});
