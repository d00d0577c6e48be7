import { expect, test } from "vitest";
import { toolNames } from "./tool-names.ts";

const nameOf = (server: string, tool: string, others: string[] = []) => toolNames(server, [tool], others).get(tool);

test("a legal name is the server's and the tool's", () => {
  expect(nameOf("github", "list-issues_2")).toBe("github__list-issues_2");
});

test("characters that providers refuse are replaced", () => {
  expect(nameOf("docs", "files.read/all ä")).toBe("docs__files_read_all__");
});

test("names that become the same are told apart, whatever their order; one that is legal as it is keeps its name", () => {
  const forth = toolNames("s", ["a.b", "a/b", "a_b", "c.d"], []);
  const back = toolNames("s", ["c.d", "a_b", "a/b", "a.b"], []);
  expect(Object.fromEntries(back)).toEqual(Object.fromEntries(forth));
  expect(new Set(forth.values()).size).toBe(4);
  expect(forth.get("a_b")).toBe("s__a_b");
  expect(forth.get("c.d")).toBe("s__c_d");
  expect(forth.get("a.b")).toMatch(/^s__a_b_[0-9a-f]{8}$/);
});

test("long names are cut to 64 characters, and stay different", () => {
  const long = "x".repeat(80);
  const names = toolNames("server", [`${long}1`, `${long}2`], []);
  expect(new Set(names.values()).size).toBe(2);
  for (const name of names.values()) expect(name).toMatch(/^server__x+_[0-9a-f]{8}$/);
  expect([...names.values()].map((name) => name.length)).toEqual([64, 64]);
  expect(nameOf("s".repeat(64), "tool")).toHaveLength(64);
});

test("a name that could be another server's tool is nobody's", () => {
  const one = nameOf("a", "b__c", ["a__b"]);
  const other = nameOf("a__b", "c", ["a"]);
  expect(one).not.toBe("a__b__c");
  expect(other).not.toBe("a__b__c");
  expect(one).not.toBe(other);
});
