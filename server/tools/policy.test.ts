import { createBuiltinTools } from "./builtin/tools.ts";
import { expect, test } from "vitest";
import { asks, dangerousBuiltins, refusal } from "./policy.ts";

const anyKey = { tools: null, denyTools: null };
const why = (tool: { name: string; isDangerous?: boolean }, rules: { allow?: string[]; deny?: string[] }, key: { tools?: string[]; denyTools?: string[] } = {}) => refusal(tool, { allow: ["*"], deny: [], ask: [], ...rules }, { ...anyKey, ...key });

test.each([
  { rules: {}, allowed: true },
  { rules: { allow: ["r*"] }, allowed: true },
  { rules: { allow: ["write"] }, allowed: false },
  { rules: { allow: [] }, allowed: false },
  { rules: { deny: ["read"] }, allowed: false },
  { rules: { allow: ["read"], deny: ["re*"] }, allowed: false },
])("read with $rules: $allowed", ({ rules, allowed }) => {
  expect(why({ name: "read" }, rules) === null).toBe(allowed);
});

test.each([
  { allow: ["*"], allowed: false },
  { allow: ["**"], allowed: false },
  { allow: ["*", "read"], allowed: false },
  { allow: ["*", "write"], allowed: true },
  { allow: ["wr*"], allowed: true },
  { allow: ["*e"], allowed: true },
])("a dangerous tool with allow $allow: $allowed", ({ allow, allowed }) => {
  expect(why({ name: "write", isDangerous: true }, { allow }) === null).toBe(allowed);
});

test("a dangerous tool that is denied by name stays denied", () => {
  expect(why({ name: "write", isDangerous: true }, { allow: ["write"], deny: ["write"] })).toContain("tools.deny");
});

test("a key's globs narrow what the settings allow, and never widen it", () => {
  expect(why({ name: "read" }, {}, { tools: ["calculate"] })).toContain("This key");
  expect(why({ name: "read" }, {}, { tools: ["rea*"] })).toBeNull();
  expect(why({ name: "read" }, { deny: ["read"] }, { tools: ["read"] })).toContain("tools.deny");
  expect(why({ name: "write", isDangerous: true }, {}, { tools: ["write"] })).toContain('add "write" to `tools.allow`');
});

test("what is denied to a key stays denied, whatever else allows it", () => {
  expect(why({ name: "read" }, {}, { denyTools: ["r*"] })).toContain("`denyTools`");
  expect(why({ name: "read" }, { allow: ["read"] }, { tools: ["read"], denyTools: ["read"] })).toContain("`denyTools`");
  expect(why({ name: "calculate" }, {}, { denyTools: ["r*"] })).toBeNull();
});

test("asks for what the globs of ask name", () => {
  expect([asks({ name: "fetch" }, { ask: ["f*"] }), asks({ name: "read" }, { ask: ["f*"] })]).toEqual([true, false]);
});

test("the list of dangerous built-in tools is what they say of themselves", () => {
  const builtin = createBuiltinTools({ roots: [], allowPrivate: [], now: Date.now });
  expect(builtin.filter(({ isDangerous }) => isDangerous).map(({ name }) => name).sort()).toEqual([...dangerousBuiltins].sort());
});
