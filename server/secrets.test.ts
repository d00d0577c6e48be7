import { expect, test } from "vitest";
import { createSecretMask } from "./secrets.ts";

const secret = 'a "secret" with/odd\\signs';

test("known secrets are hidden as they stand, inside JSON, and inside a URL", () => {
  const { hide } = createSecretMask([secret]);
  for (const text of [secret, JSON.stringify({ deep: [secret] }), `https://example.com/${encodeURIComponent(secret)}/x`]) {
    expect(hide(text)).toContain("[redacted]");
    expect(hide(text)).not.toMatch(/secret|odd/);
  }
  expect(JSON.parse(hide(JSON.stringify({ deep: [secret] })))).toEqual({ deep: ["[redacted]"] });
});

test("of two secrets that begin alike, all of the longer one is hidden", () => {
  expect(createSecretMask(["12345678", "12345678-and-more"]).hide("12345678-and-more")).toBe("[redacted]");
});

test.each([
  ["the token oc_tok_0123456789abcdef", "the token [redacted]"],
  ["/api/v1/sessions/oclaw_live_abcdef", "/api/v1/sessions/[redacted]"],
  ["signed with whsec_MfKQ9r8GKYqrTwjU+PD8/w==", "signed with [redacted]"],
  ["sk-openclaw-abc-def.", "[redacted]."],
  ["Authorization: Bearer abc.def-123", "Authorization: Bearer [redacted]"],
  ["redis://user:hunter2@host/0", "redis://user:[redacted]@host/0"],
  ["GET /x?api_key=abc&limit=5#top", "GET /x?api_key=[redacted]&limit=[redacted]#top"],
])("what looks like a secret is hidden: %s", (text, hidden) => {
  expect(createSecretMask([]).hide(text)).toBe(hidden);
});

test("a line of JSON stays one", () => {
  const line = JSON.stringify({ path: "/x?api_key=abc", next: 'Bearer abcdefghij"', url: "http://u:p@h/?a=b" });
  expect(JSON.parse(createSecretMask([]).hide(line))).toEqual({ path: "/x?api_key=[redacted]", next: 'Bearer [redacted]"', url: "http://u:[redacted]@h/?a=[redacted]" });
});

test.each(["A valid token is required: send it as `Authorization: Bearer <token>`.", "/query/limit must be 1 or more", "http://127.0.0.1:18789/a@b", "With `?force=true` it is deleted.", "is `ollama` there?"])("what is no secret stays: %s", (text) => {
  expect(createSecretMask(["ollama"]).hide(text)).toBe(text);
});

test("it learns new secrets, and keeps the old ones", () => {
  const mask = createSecretMask(["the old one"]);
  mask.learn(["the new one"]);
  expect(mask.hide("the old one, the new one")).toBe("[redacted], [redacted]");
});
