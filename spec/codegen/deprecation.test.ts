import { expect, test } from "vitest";
import { deprecationHeaders } from "./deprecation.ts";
import type { OpenapiOperation } from "./document.ts";

const operation = (members: Partial<OpenapiOperation>): OpenapiOperation => ({ operationId: "listThings", responses: {}, ...members });

test("what is not deprecated has no headers", () => {
  expect(deprecationHeaders(operation({}))).toBeNull();
});

test("the day it may be gone can be the day it is deprecated", () => {
  const headers = deprecationHeaders(operation({ "x-deprecated-since": "2026-11-01", "x-sunset": "2026-11-01" }));
  expect(headers).toEqual({ Deprecation: "@1793491200", Sunset: "Sun, 01 Nov 2026 00:00:00 GMT" });
});

test("a link cannot break out of its header", () => {
  const { Link } = deprecationHeaders(operation({ "x-deprecated-since": "2026-11-01", "x-deprecation-link": "https://example.com/a>b\nc" }))!;
  expect(Link).toBe('<https://example.com/a%3Ebc>; rel="deprecation"; type="text/html"');
});

test.each<[string, Partial<OpenapiOperation>, RegExp]>([
  ["a deprecated operation that does not say since when", { deprecated: true }, /use @deprecatedSince/],
  ["an end before the beginning", { "x-deprecated-since": "2026-11-01", "x-sunset": "2026-10-31" }, /RFC 9745/],
  ["a day that there is not", { "x-deprecated-since": "2026-02-30" }, /`2026-02-30` is no day/],
  ["a moment", { "x-deprecated-since": "2026-11-01T00:00:00Z" }, /is no day/],
  ["a link that is none", { "x-deprecated-since": "2026-11-01", "x-deprecation-link": "agents" }, /is no URL/],
])("refuses %s", (_, members, message) => {
  expect(() => deprecationHeaders(operation(members))).toThrow(message);
});
