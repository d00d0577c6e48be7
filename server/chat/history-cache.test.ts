import { expect, test } from "vitest";
import type { SpokenMessage } from "../sessions/service.ts";
import { createHistoryCache } from "./history-cache.ts";

const session = (id: string, messageCount = 2, lastActiveAt = 1000) =>
  ({ id, messageCount, lastActiveAt, workspaceId: "w", agentId: "a", userId: null, channel: "api", title: null, createdAt: 0, tokensUsed: 0, summary: null }) as const;
const said = (content: string): SpokenMessage[] => [{ id: "msg_1", role: "user", content, toolCalls: null }];

test("gives back what was kept, as long as nothing has happened to the session", () => {
  const cache = createHistoryCache();
  cache.keep(session("s"), said("Hi"));
  expect(cache.get(session("s"))).toEqual(said("Hi"));
  expect(cache.get(session("s", 0))).toBeUndefined();
  expect(cache.get(session("s", 2, 1001))).toBeUndefined();
  expect(cache.get(session("other"))).toBeUndefined();
});

test("gives back what came behind the session's summary", () => {
  const cache = createHistoryCache();
  const messages = ["msg_1", "msg_2", "msg_3"].map((id) => ({ ...said(id)[0]!, id }));
  cache.keep(session("s"), messages);
  expect(cache.get({ ...session("s"), summary: { text: "So far.", upTo: "msg_2" } })).toEqual(messages.slice(2));
});

test("lets the oldest go when it is full, and takes no session that is too long", () => {
  const cache = createHistoryCache(100_000);
  for (let i = 0; i < 10; i++) cache.keep(session(`s${i}`), said("x".repeat(20_000)));
  expect(cache.get(session("s0"))).toBeUndefined();
  expect(cache.get(session("s9"))).toBeDefined();
  cache.keep(session("s9"), said("x".repeat(70_000)));
  expect(cache.get(session("s9"))).toBeUndefined();
});

test("forgets what was said in a deleted workspace, and that only", () => {
  const cache = createHistoryCache();
  cache.keep({ ...session("a"), workspaceId: "gone" }, said("Hi"));
  cache.keep(session("b"), said("Hello"));
  cache.forgetIn("gone");
  expect(cache.get(session("a"))).toBeUndefined();
  expect(cache.get(session("b"))).toEqual(said("Hello"));
});
