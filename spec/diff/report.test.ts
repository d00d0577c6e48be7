import { expect, test } from "vitest";
import type { Change } from "./change.ts";
import { changelogOf, reportOf } from "./report.ts";

const change = (members: Partial<Change>): Change => ({ kind: "field-added", level: "compatible", place: "Webhook.color", side: "answer", says: "is new", operations: ["getWebhook"], ...members });

const changes: Change[] = [
  change({ kind: "field-removed", level: "breaking", place: "Agent.mood", says: "is gone" }),
  change({ kind: "event-added", level: "breaking", place: "RunEvent", says: "can be `paused`", operations: ["streamRunEvents"] }),
  change({ kind: "variant-added", level: "breaking", place: "RunEvent", says: "can be `paused`", operations: ["getRun"] }),
  change({}),
  change({ place: "Agent.color", operations: ["getAgent"] }),
  change({ kind: "operation-deprecated", place: "GET /api/status", side: null, says: "is deprecated since 2026-11-01" }),
  change({ kind: "operation-added", place: "GET /api/v1/news", side: null, says: "(`listNews`) is new: list news" }),
  change({ kind: "described", level: "documentation", place: "Agent", side: null, says: "is described otherwise" }),
];

test("the changelog tells what breaks first, then what is new, what goes away and the rest; nothing twice, and no wording", () => {
  expect(changelogOf(changes)).toBe(`- **Breaking:** \`Agent.mood\` is gone in answers.
- **Breaking:** \`RunEvent\` can be \`paused\` in answers.
- \`GET /api/v1/news\` (\`listNews\`) is new: list news.
- \`GET /api/status\` is deprecated since 2026-11-01.
- \`Webhook.color\`, \`Agent.color\`: is new in answers.
`);
});

test("the changelog breaks its lines, and names every place", () => {
  const lines = changelogOf(Array.from({ length: 20 }, (_, index) => change({ place: `Webhook.color${index}` }))).trimEnd().split("\n");
  expect(lines.filter((line) => line.length > 135)).toEqual([]);
  expect(lines.slice(1).filter((line) => !line.startsWith("  "))).toEqual([]);
  expect(lines.join(" ").match(/Webhook\.color\d+/g)).toHaveLength(20);
});

test("the report has a part for each level, with kinds and operations, and shortens long lists", () => {
  const report = reportOf([...changes, ...Array.from({ length: 20 }, (_, index) => change({ kind: "header-added", place: `GET /${index} 200`, says: "has `X-Weather`", operations: [`get${index}`] }))]);
  expect(report).toContain("Breaking (3)\n  `Agent.mood` is gone in answers\n      field-removed: getWebhook\n");
  expect(report).toContain("and 14 more: has `X-Weather`\n      header-added: get0, get1, get10, get11, get12, get13 and 14 more\n");
  expect(report).toContain("Documentation (1)\n  `Agent` is described otherwise\n");
});

test("no change is no text", () => {
  expect([changelogOf([]), reportOf([])]).toEqual(["", ""]);
});
