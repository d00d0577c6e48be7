import { expect, test } from "vitest";
import { preferred } from "./preferred.ts";

test.each([
  [undefined, "application/json"],
  ["", "application/json"],
  ["*/*", "application/json"],
  ["text/plain", "text/plain"],
  ["TEXT/PLAIN ; Q=0.4", "text/plain"],
  ["text/*", "text/plain"],
  ["text/plain;q=0.2, */*;q=0.8", "application/json"],
  ["text/plain;q=0, application/*;q=0.1", "application/json"],
  ["text/plain;q=2", "application/json"],
  ["text/plain;version=1.0.0;q=0.3, application/json;q=0.2", "text/plain"],
  [",;,q=,/", "application/json"],
])("Accept: %s", (accept, expected) => {
  expect(preferred(accept, ["application/json", "text/plain"])).toBe(expected);
});
