import { expect, test } from "vitest";
import { diffLines } from "./diff.ts";

const shown = (before: string[], after: string[], around?: number) => diffLines(before.join("\n"), after.join("\n"), around).map(({ kind, text }) => `${{ same: " ", added: "+", removed: "-", gap: "~" }[kind]}${text}`);
const letters = (from: string, to: string) => Array.from({ length: to.charCodeAt(0) - from.charCodeAt(0) + 1 }, (_, nth) => String.fromCharCode(from.charCodeAt(0) + nth));

test("tells what goes and what comes, with what is around it", () => {
  expect(shown(["a", "b", "c"], ["a", "x", "c"])).toEqual([" a", "-b", "+x", " c"]);
  expect(shown(["a"], ["a", "b"])).toEqual([" a", "+b"]);
  expect(shown(["a", "b"], ["b"])).toEqual(["-a", " b"]);
});

test("leaves out what is far from any change, and says where", () => {
  const before = letters("a", "z");
  const after = before.map((letter) => (letter === "c" || letter === "x" ? letter.toUpperCase() : letter));
  expect(shown(before, after, 1)).toEqual([" b", "-c", "+C", " d", "~", " w", "-x", "+X", " y"]);
});

test("is empty where nothing is different", () => {
  expect(shown(["a", "b"], ["a", "b"])).toEqual([]);
});

test("moves as few lines as it can", () => {
  expect(shown(["a", "b", "c", "d"], ["b", "c", "e", "d"])).toEqual(["-a", " b", " c", "+e", " d"]);
});
